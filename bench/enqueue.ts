/**
 * Sending a job file against what the queue takes from bare calls, next door and from afar; and the memory that
 * preparing a million jobs takes.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { NO_CREDENTIALS, sqsClient } from '../lib/aws/clients.ts';
import { openJobFile, toBody } from '../lib/jobs/index.ts';
import { sendAll } from '../lib/queue/send.ts';

const JOBS = 100_000;
const FAR_JOBS = 20_000;
const SAMPLE = 500;
const PREPARED = 1_000_000;
const ROUNDS = 5;
/** As many as the product has under way. */
const UNDER_WAY = 64;

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-enqueue-'));
  try {
    await withServer(async (near, far) => {
      await compareNear(near, await writeJobFile(folder, JOBS));
      await compareFar(far, await writeJobFile(folder, FAR_JOBS));
    });
    await prepare(await writeJobFile(folder, PREPARED), 'a list');
    await prepare(await writeTable(folder, PREPARED), 'a CSV file');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compareNear(endpoint: string, path: string): Promise<void> {
  const client = clientFor(endpoint);
  const bodies = await bodiesOf(path);
  const bare = () => timed(client, JOBS, (url) => sendBare(client, url, bodies));
  const ours = () => timed(client, JOBS, (url) => sendFile(client, url, path));
  await bare();
  await ours();
  const rates = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const);
    for (const kind of order) rates[kind].push(JOBS / (await (kind === 'bare' ? bare() : ours())));
  }
  client.destroy();
  const share = median(rates.ours.map((rate, round) => rate / (rates.bare[round] as number)));
  print(`${JOBS} jobs, queue next door`, [
    ['bare concurrent SendMessageBatch', `${whole(median(rates.bare))} a second`],
    ['a job file, read and checked and sent', `${whole(median(rates.ours))} a second`],
    ['share of bare, median of pairs (at least 90%)', `${(share * 100).toFixed(0)}%`],
  ]);
}

async function compareFar(endpoint: string, path: string): Promise<void> {
  const client = clientFor(endpoint);
  const bodies = (await bodiesOf(path)).slice(0, SAMPLE);
  const single = SAMPLE / (await timed(client, SAMPLE, (url) => sendOneByOne(client, url, bodies)));
  const ours = FAR_JOBS / (await timed(client, FAR_JOBS, (url) => sendFile(client, url, path)));
  client.destroy();
  print('queue 20 ms away', [
    [`one message at a time (${SAMPLE} sampled)`, `${whole(single)} a second`],
    [`a job file of ${FAR_JOBS} jobs`, `${whole(ours)} a second`],
    ['times as fast (at least 100)', (ours / single).toFixed(0)],
  ]);
}

async function prepare(path: string, groups: string): Promise<void> {
  const program = fileURLToPath(new URL('enqueue/prepare.ts', import.meta.url));
  const words = [...enqueueFlags(), program, path];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const { jobs, seconds, peakMB } = JSON.parse(stdout) as Record<'jobs' | 'seconds' | 'peakMB', number>;
  print(`${jobs} jobs from ${groups} read, checked and made into messages`, [
    ['peak resident memory (at most 150 MB)', `${peakMB.toFixed(0)} MB`],
    ['time', `${seconds.toFixed(1)} s`],
  ]);
}

/** Node's flags of `npm run enqueue`. */
function enqueueFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: { readonly enqueue: string };
  };
  return scripts.enqueue.split(' ').filter((word) => /^--.*size/.test(word));
}

/** Seconds that `send` takes into a queue of its own, which then holds every job. */
async function timed(client: SQSClient, jobs: number, send: (url: string) => Promise<void>): Promise<number> {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `bench-${Date.now()}` }));
  const started = performance.now();
  await send(QueueUrl);
  const seconds = (performance.now() - started) / 1000;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  const arrived = Number(Attributes?.ApproximateNumberOfMessages);
  if (arrived !== jobs) throw new Error(`${arrived} of ${jobs} messages arrived`);
  await client.send(new DeleteQueueCommand({ QueueUrl }));
  return seconds;
}

async function sendFile(client: SQSClient, url: string, path: string): Promise<void> {
  const jobFile = await openJobFile(path);
  await sendAll(client, url, jobFile.messages(), { underWay: UNDER_WAY });
  jobFile.close();
}

async function sendBare(client: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < bodies.length) {
      const batch = bodies.slice(next, (next += 10));
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, sender));
}

async function sendOneByOne(client: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  for (const MessageBody of bodies) await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

async function bodiesOf(path: string): Promise<string[]> {
  const jobFile = await openJobFile(path);
  const bodies: string[] = [];
  for await (const job of jobFile.messages()) bodies.push(toBody(job));
  jobFile.close();
  return bodies;
}

/** Plates of 384 wells. */
const wellOf = (job: number): string =>
  `${String.fromCharCode(65 + (job % 16))}${String(1 + (Math.floor(job / 16) % 24)).padStart(2, '0')}`;

async function writeTable(folder: string, jobs: number): Promise<string> {
  const rows = createWriteStream(join(folder, 'groups.csv'));
  rows.write('Plate,Well\n');
  for (let job = 0; job < jobs; job += 1) {
    if (!rows.write(`Plate_${Math.floor(job / 384)},${wellOf(job)}\n`)) await once(rows, 'drain');
  }
  rows.end();
  await finished(rows);
  const path = join(folder, 'table.json');
  await writeFile(path, '{"output_file_location": "projects/output/", "groups": {"csv": "groups.csv"}}');
  return path;
}

/** The ancestor's example. */
async function writeJobFile(folder: string, jobs: number): Promise<string> {
  const path = join(folder, `${jobs}.json`);
  const file = createWriteStream(path);
  const shared = { input_file_location: '/home/ubuntu/bucket/projects/input', image_size: '1024', rows: '2' };
  file.write(
    `{"output_file_location": "projects/output/", "shared_metadata": ${JSON.stringify(shared)}, "groups": [\n`,
  );
  for (let job = 0; job < jobs; job += 1) {
    const line = `  {"Well": "${wellOf(job)}", "Plate": "Plate_${Math.floor(job / 384)}"}${job < jobs - 1 ? ',' : ''}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end(']}\n');
  await finished(file);
  return path;
}

async function withServer(use: (near: string, far: string) => Promise<void>): Promise<void> {
  const program = fileURLToPath(new URL('enqueue/server.ts', import.meta.url));
  const server = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface(server.stdout)) {
      const { near, far } = JSON.parse(line) as { near: string; far: string };
      await use(near, far);
      break;
    }
  } finally {
    server.stdin.end();
  }
}

function clientFor(endpoint: string): SQSClient {
  return sqsClient({ endpoint, region: 'us-east-1', credentials: NO_CREDENTIALS });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function print(title: string, rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  process.stdout.write(
    `${title}\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('')}`,
  );
}
