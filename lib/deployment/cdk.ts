/** Runs the CDK's own command, in the package's folder, with its words on the user's terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DistributedFijiError } from '../errors.ts';

/** cdk.json is there. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface CdkCommand {
  readonly words: readonly string[];
  /** Absolute path of the config. */
  readonly config: string;
  /** AWS_PROFILE; the CDK finds the default one itself. */
  readonly profile: string | undefined;
}

/** The user stopped the command; AWS goes on by itself. */
export class CdkStoppedError extends DistributedFijiError {
  constructor(doing: 'deploy' | 'destroy') {
    super(`You stopped npm run ${doing}. What AWS has begun it goes on with.`, {
      code: 'STOPPED',
      fix: `Wait some minutes, then repeat the command: it goes on from there.`,
    });
  }
}

export type CdkEnd = 'done' | 'failed' | 'stopped';

/**
 * @returns how it ended. What it said is on the terminal.
 */
export async function cdk({ words, config, profile }: CdkCommand): Promise<CdkEnd> {
  const args = [...words, '--context', `config=${config}`, '--no-notices'];
  if (profile !== undefined && profile !== 'default') args.push('--profile', profile);
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: packageFolder,
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  // Ctrl-C reaches the CDK by itself; this process has to stay for the last word.
  let stopped = false;
  const hear = (signal: NodeJS.Signals): void => {
    stopped = true;
    if (signal !== 'SIGINT') child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (stopped) return 'stopped';
    return code === 0 ? 'done' : 'failed';
  } finally {
    for (const signal of SIGNALS) process.off(signal, hear);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function program(): string {
  return join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
}
