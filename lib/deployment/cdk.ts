/**
 * Runs the CDK's own command, in the package's folder. It tells of each of some sixty parts twice: what is kept of that is
 * how far it is, and, for when it fails, all its other words.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
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
  readonly onProgress: (progress: CdkProgress) => void;
}

export type CdkProgress =
  | { readonly stage: 'preparing' | 'uploading' }
  /** `of` is not known of a removal. */
  | { readonly stage: 'working'; readonly done: number; readonly of: number | undefined };

export interface CdkEnd {
  readonly end: 'done' | 'failed' | 'stopped';
  /** What it said of itself, without its progress. */
  readonly said: readonly string[];
}

/** The user stopped the command; AWS goes on by itself. */
export class CdkStoppedError extends DistributedFijiError {
  constructor(doing: 'deploy' | 'destroy') {
    super(`You stopped npm run ${doing}. What AWS has begun it goes on with.`, {
      code: 'STOPPED',
      fix: 'Wait some minutes, then repeat the command: it goes on from there.',
    });
  }
}

export async function cdk({ words, config, profile, onProgress }: CdkCommand): Promise<CdkEnd> {
  const args = [...words, '--context', `config=${config}`, '--no-notices', '--progress', 'events'];
  if (profile !== undefined && profile !== 'default') args.push('--profile', profile);
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: packageFolder,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // The CDK starts `node` for bin/app.ts: this one.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      NO_COLOR: '1',
    },
  });
  // Ctrl-C reaches the CDK by itself; this process has to stay for the last word.
  let stopped = false;
  const hear = (signal: NodeJS.Signals): void => {
    stopped = true;
    if (signal !== 'SIGINT') child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  try {
    const closed = once(child, 'close') as Promise<[number | null]>;
    const said = read([child.stdout, child.stderr], onProgress);
    const [[code]] = await Promise.all([closed, said]);
    return { end: stopped ? 'stopped' : code === 0 ? 'done' : 'failed', said: await said };
  } finally {
    for (const signal of SIGNALS) process.off(signal, hear);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function program(): string {
  return join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
}

/** `Plates | 12/58 | 8:50:33 PM | CREATE_COMPLETE | AWS::SQS::Queue | Queue/Jobs` */
const EVENT = /\|\s*(\d+)(?:\/(\d+))?\s*\| .* \| [A-Z_]+ /;

async function read(
  streams: readonly NodeJS.ReadableStream[],
  onProgress: CdkCommand['onProgress'],
): Promise<string[]> {
  const both = new PassThrough();
  let open = streams.length;
  for (const stream of streams) {
    stream.pipe(both, { end: false });
    stream.once('end', () => {
      open -= 1;
      if (open === 0) both.end();
    });
  }
  const said: string[] = [];
  onProgress({ stage: 'preparing' });
  for await (const line of createInterface({ input: both })) {
    const [event, done, of] = EVENT.exec(line) ?? [];
    if (event !== undefined) {
      onProgress({ stage: 'working', done: Number(done), of: of === undefined ? undefined : Number(of) });
    } else if (/: (start|success): (Building|Built|Publishing|Published) /.test(line)) {
      onProgress({ stage: 'uploading' });
    } else if (line.trim() !== '') {
      said.push(line);
    }
  }
  return said;
}
