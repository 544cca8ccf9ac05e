/**
 * `npm run test:deploy`: each round on an emulated AWS of its own, side by side, since most of their time is waiting
 * (for schedules, for names that AWS gives out again). Each line of theirs is told with its round; both run to their end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROUNDS = ['deploy', 'commands'];

const codes = await Promise.all(ROUNDS.map(play));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

async function play(round: string): Promise<unknown> {
  const program = fileURLToPath(new URL(`${round}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [code] = await Promise.all([
    once(child, 'close').then(([ended]: unknown[]) => ended),
    tell(round, child.stdout),
    tell(round, child.stderr),
  ]);
  return code;
}

async function tell(round: string, said: Readable): Promise<void> {
  for await (const line of createInterface({ input: said }))
    process.stdout.write(`${round.padEnd(9)}${line}\n`);
}
