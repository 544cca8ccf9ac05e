/**
 * A worker as it runs for users: the bundle, started by its path as a process of its own, told everything by its
 * environment, with a real queue, real stores and a real Fiji.
 */
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { findFiji } from '../../lib/fiji/find/find.ts';
import { type Message, message } from '../../lib/jobs/message.ts';
import { recordsPrefix } from '../../lib/records/key.ts';
import { type JobRecord, record } from '../../lib/records/record.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { bundleWorker } from '../../lib/worker/bundle.ts';
import { toEnvironment, type workerSettings } from '../../lib/worker/settings.ts';
import { ANY_KEYS, type QueueServer, startQueueServer } from '../fixtures/queue.ts';
import { settingsWith } from './settings.fixture.ts';
import { removeTemporaryFolders, temporaryFolder } from './temporary.ts';

type Settings = Partial<z.input<typeof workerSettings>>;

export interface Scene {
  /** Folders, each empty. */
  readonly source: string;
  readonly destination: string;
  readonly scratch: string;
  readonly queueUrl: string;
  /** Ten at once: nobody takes the first before the others are there. */
  send(...bodies: (z.input<typeof message> | string)[]): Promise<void>;
  /** Messages that can be received now, leased for an hour. */
  receive(): Promise<Message[]>;
  deadLetters(): Promise<{ readonly body: string; readonly outcome?: string; readonly reason?: string }[]>;
  counts(): ReturnType<QueueServer['counts']>;
  /** In the order they were written. */
  records(run?: string, destination?: string): Promise<JobRecord[]>;
  /** @param env beside what settings and queue make of it */
  startWorker(settings?: Settings, env?: Record<string, string>): RunningWorker;
}

export interface RunningWorker {
  readonly process: ChildProcess;
  /** Every line it has printed so far: events on standard output, the last words on standard error. */
  readonly printed: string[];
  /** Resolves with the n-th event of this name. */
  event(name: string, nth?: number): Promise<Record<string, unknown>>;
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Resolves when it has left in peace; rejects with all it printed otherwise. */
  finished(): Promise<void>;
}

export interface World {
  readonly server: QueueServer;
  /** A queue of its own, folders of its own. */
  scene(queue?: { readonly visibilitySeconds?: number }): Promise<Scene>;
  end(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const [server, bundle, fiji] = await Promise.all([
    startQueueServer(),
    temporaryFolder().then((folder) => bundleWorker(join(folder, 'worker'))),
    findFiji({ env: process.env }),
  ]);
  const workers: RunningWorker[] = [];
  let scenes = 0;

  return {
    server,
    scene: async () => {
      scenes += 1;
      const [source, destination, scratch] = [
        await temporaryFolder(),
        await temporaryFolder(),
        await temporaryFolder(),
      ];
      const queueUrl = await server.createQueue(`jobs-${scenes}`);
      const deadLetterUrl = await server.createQueue(`dead-${scenes}`);
      const receiveAll = async (url: string) => {
        const found = [];
        for (;;) {
          const { Messages = [] } = await server.sqs.send(
            new ReceiveMessageCommand({
              QueueUrl: url,
              MaxNumberOfMessages: 10,
              VisibilityTimeout: 3600,
              MessageAttributeNames: ['All'],
            }),
          );
          if (Messages.length === 0) return found;
          found.push(...Messages);
        }
      };

      return {
        source,
        destination,
        scratch,
        queueUrl,
        send: async (...bodies) => {
          for (let start = 0; start < bodies.length; start += 10) {
            const Entries = bodies.slice(start, start + 10).map((body, index) => ({
              Id: String(index),
              MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
            }));
            await server.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
          }
        },
        receive: async () =>
          (await receiveAll(queueUrl)).map(({ Body }) => message.parse(JSON.parse(Body ?? ''))),
        deadLetters: async () =>
          (await receiveAll(deadLetterUrl)).map(({ Body = '', MessageAttributes = {} }) => ({
            body: Body,
            ...(MessageAttributes.Outcome?.StringValue && { outcome: MessageAttributes.Outcome.StringValue }),
            ...(MessageAttributes.Reason?.StringValue && { reason: MessageAttributes.Reason.StringValue }),
          })),
        counts: () => server.counts(queueUrl),
        records: (run = 'r', folder = destination) => recordsIn(openStore(folder), run),
        startWorker: (own = {}, env = {}) => {
          const settings = settingsWith({
            SQS_QUEUE_URL: queueUrl,
            DEAD_LETTER_QUEUE_URL: deadLetterUrl,
            SOURCE: source,
            DESTINATION: destination,
            SCRATCH: scratch,
            FIJI_HOME: fiji.home,
            ...own,
          });
          const worker = start(bundle.entry, {
            PATH: process.env.PATH ?? '',
            HOME: process.env.HOME ?? '',
            AWS_ACCESS_KEY_ID: ANY_KEYS.accessKeyId,
            AWS_SECRET_ACCESS_KEY: ANY_KEYS.secretAccessKey,
            AWS_ENDPOINT_URL: server.endpoint,
            ...toEnvironment(settings),
            ...env,
          });
          workers.push(worker);
          return worker;
        },
      };
    },
    end: async () => {
      for (const worker of workers) worker.process.kill('SIGKILL');
      await Promise.all(workers.map(({ exited }) => exited));
      await server.stop();
      await removeTemporaryFolders();
    },
  };
}

export async function recordsIn(store: ReturnType<typeof openStore>, run: string): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  for await (const { key } of store.list(recordsPrefix('Nuclei', run))) {
    const lines = (await (await store.read(key)).toArray()).join('').trimEnd().split('\n');
    records.push(...lines.map((line) => record.parse(JSON.parse(line))));
  }
  return records;
}

/** A worker that takes longer hangs: what it printed says where. */
const PATIENCE_MS = 180_000;

function start(entry: string, env: Record<string, string>): RunningWorker {
  const child = spawn(process.execPath, [entry], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const printed: string[] = [];
  const seen = new Map<string, Record<string, unknown>[]>();
  const waiting = new Set<() => void>();

  createInterface({ input: child.stderr }).on('line', (line) => printed.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    printed.push(line);
    const event = JSON.parse(line) as Record<string, unknown>;
    seen.set(String(event.event), [...(seen.get(String(event.event)) ?? []), event]);
    for (const look of waiting) look();
  });
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);

  return {
    process: child,
    printed,
    exited,
    finished: async () => {
      const tooLong = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      const how = await exited;
      clearTimeout(tooLong);
      if (how !== 0) throw new TypeError(`the worker ended (${how}):\n${printed.join('\n')}`);
    },
    event: (name, nth = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const event = seen.get(name)?.[nth - 1];
          if (event === undefined) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
        look();
        void exited.then((how) => {
          reject(new TypeError(`no "${name}", but the worker ended (${how}):\n${printed.join('\n')}`));
        });
      }),
  };
}
