/** An AWS on this machine: ministack in a process of its own, on a free port of 127.0.0.1, gone with `stop`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonPackages } from '../../fixtures/python.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** launch.py reaches into this very version. */
const PACKAGES = ['ministack==1.5.33', 'boto3==1.43.106'];

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

export interface Emulator {
  readonly endpoint: string;
  /** For every process that is to talk to it and to nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that goes with it. */
  readonly folder: string;
  /** What exists in the account, a line each. */
  everything(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const packages = await pythonPackages(PACKAGES);
  const folder = await mkdtemp(join(tmpdir(), 'distributed-fiji-emulator-'));
  const log = await open(join(folder, 'emulator.log'), 'w');
  const server = spawn('python3', [join(here, 'launch.py')], {
    cwd: folder,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    env: {
      ...process.env,
      PYTHONPATH: packages,
      // Lambda functions run on this checkout's Node.
      PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      LAMBDA_EXECUTOR: 'local',
    },
  });
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    await log.close();
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = await listening(server).catch(async (error: unknown) => {
    const said = await readFile(join(folder, 'emulator.log'), 'utf8');
    await stop();
    throw new Error(`${String(error)}\n${said}`);
  });

  const environment = {
    ...inherited(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'emulator',
    AWS_SECRET_ACCESS_KEY: 'emulator',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: '1',
    NO_COLOR: '1',
    // The CDK keeps which account a key belongs to in its home; downloads of ours stay in the user's cache.
    HOME: folder,
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  };
  return {
    endpoint,
    environment,
    folder,
    stop,
    everything: async () => {
      const env = { ...environment, PYTHONPATH: packages };
      const { stdout } = await promisify(execFile)('python3', [join(here, 'everything.py')], { env });
      return stdout.trimEnd().split('\n');
    },
  };
}

/** @returns its address, once it answers there. */
async function listening(server: ChildProcess): Promise<string> {
  const port = (await text(server.stdio[3] as Readable)).trim(); // ends when the launcher has told it, or has died
  const endpoint = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 900; attempt += 1) {
    if (server.exitCode !== null || server.signalCode !== null) throw new Error('the emulator did not start');
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return endpoint;
    await sleep(200);
  }
  throw new Error('the emulator does not answer');
}

/** Nothing of the user's own AWS. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS|CDK)_/.test(entry[0]),
    ),
  );
}
