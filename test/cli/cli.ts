/** Runs the command line as its users do: a process of its own. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function cli(...args: readonly string[]): Promise<Finished> {
  const child = spawn(
    process.execPath,
    ['--import', bin('node-version.mjs'), bin('distributed-fiji.ts'), ...args],
    // Jest gives each test file an environment of its own, which is not inherited by itself.
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env } },
  );
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
