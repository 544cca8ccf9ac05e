/** A screen that nobody sees, for scripts and macros that cannot run headless: Xvfb on a display of its own choice. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { DistributedFijiError, messageOf } from '../../errors.ts';
import type { FijiStart } from '../fiji.ts';
import { installCommand } from '../find/install.ts';

export class DisplayError extends DistributedFijiError {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { code: 'FIJI_FAILED', fault: 'environment', fix, cause });
  }
}

export interface VirtualDisplay {
  /** `:7` */
  readonly name: string;
  close(): Promise<void>;
}

const MACROS = ['.ijm', '.txt'];

/**
 * Macros need a screen where nothing has made ImageJ 1 headless: in the starter Fiji, and in plain ImageJ 1.
 *
 * @param script path or address
 */
export function macroNeedsScreen(fiji: { readonly start: Pick<FijiStart, 'kind'> }, script: string): boolean {
  return fiji.start.kind === 'jars' && MACROS.includes(extname(script).toLowerCase());
}

/** Starts Xvfb, which picks a free display by itself. @throws DisplayError when it is missing or does not start. */
export async function openDisplay(
  env: Readonly<Record<string, string | undefined>>,
): Promise<VirtualDisplay> {
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset'],
    {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const name = await displayNumber(child, () => said);
  return {
    name: `:${name}`,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 2000);
      await ended;
      clearTimeout(force);
    },
  };
}

async function displayNumber(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
    child.on('error', (thrown: NodeJS.ErrnoException) => {
      const missing = thrown.code === 'ENOENT';
      reject(
        new DisplayError(
          missing
            ? 'A virtual screen is needed, but Xvfb is not installed.'
            : `Xvfb could not be started: ${messageOf(thrown)}`,
          missing
            ? `Install it: ${installCommand('xvfb')}. In the cloud, use an image that has it. Or write the script so that it runs headless (docs/scripts.md).`
            : 'Start Xvfb by hand to see what is wrong with it.',
          thrown,
        ),
      );
    });
    child.on('exit', (code) => {
      reject(
        new DisplayError(
          `Xvfb ended (exit code ${String(code)}) before its screen was ready: ${said().trim()}`,
          'Start Xvfb by hand to see what is wrong with it.',
        ),
      );
    });
  });
}
