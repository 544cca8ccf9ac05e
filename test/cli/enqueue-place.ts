/** `enqueue` as its users start it, against a real queue and a real bucket, from a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from '@jest/globals';
import { openJobFile, parseMessage, type JobMessage } from '../../lib/jobs/index.ts';
import { NOTHING, recordsKey } from '../../lib/records/key.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { startQueueServer, type QueueServer } from '../fixtures/queue.ts';
import { aRecord } from '../fixtures/records.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Ready when a test runs. */
export let server: QueueServer;
export let folder: string;

beforeAll(async () => {
  server = await startQueueServer();
  await server.createBucket('plates');
  folder = await aFolder();
  await writeFile(
    join(folder, 'count spots.py'),
    '#@ String Plate\n#@ String Well\n#@ Integer (value=3) radius\n',
  );
});
afterAll(() => server.stop());

/** A config for a queue of its own. */
export async function configFor(app: string, more = ''): Promise<string> {
  const path = join(folder, `${app}.ts`);
  const script = JSON.stringify(join(folder, 'count spots.py'));
  await writeFile(
    path,
    `import { defineConfig } from ${JSON.stringify(root('lib/config/index.ts'))};\n` +
      `export default defineConfig({ APP_NAME: '${app}', AWS_BUCKET: 'plates', SCRIPT_DOWNLOAD_URL: ${script}${more} });\n`,
  );
  return path;
}

export async function jobFile(name: string, content: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const entry = ['--import', root('bin/node-version.mjs'), root('bin/distributed-fiji.ts')];
  return spawn(process.execPath, [...entry, 'enqueue', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function end(child: ChildProcess): Promise<Ended> {
  const [[code], out, err] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code, out, err };
}

export const enqueue = (...args: readonly string[]) => end(start(args));

export async function received(url: string): Promise<string[]> {
  const jobs: string[] = [];
  const receive = async () => {
    for (;;) {
      const { Messages = [] } = await server.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      jobs.push(...Messages.map(({ Body = '' }) => parseMessage(Body).job));
    }
  };
  await Promise.all(Array.from({ length: 8 }, receive));
  return jobs;
}

/** The records of jobs that succeeded, as workers write them, for those of the file that are chosen. */
export async function recordDone(
  path: string,
  app: string,
  isDone: (group: JobMessage['Metadata']) => boolean,
): Promise<void> {
  const store = openStore('s3://plates', { s3: server.s3 });
  const sha256 = hash('sha256', await readFile(join(folder, 'count spots.py')));
  const { messages, run, close } = await openJobFile(path);
  try {
    for await (const { job, Metadata, output_file_location } of messages()) {
      if (!isDone(Metadata)) continue;
      const script = { source: 'x', sha256 };
      const done = aRecord({ job, run, group: Metadata, parameters: Metadata, script });
      const key = recordsKey(app, run, new Date(), 'w', NOTHING);
      await store.write(key, JSON.stringify({ ...done, output_file_location }));
    }
  } finally {
    close();
  }
}

export const wells = {
  output_file_location: 'results/{Plate}',
  groups: { Plate: ['P 1', "P'2"], Well: 'A01..D06' },
};
