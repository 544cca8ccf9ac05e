/**
 * What the worker adds to each job, beside the script itself: from one job's turn to the next one's, less the time that
 * the script ran. Everything is in it that keeps Fiji from the next script: clearing up, handing over the outputs,
 * waiting for inputs, settling. Embedded SQS and S3, the bundled worker as a process of its own, one warm Fiji, an
 * image in and an image out for each job.
 *
 * Time is the worker's own: records say when a job's turn came (`started`) and how long its script ran (`phases.fiji`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { NO_CREDENTIALS, s3Client, sqsClient } from '../lib/aws/clients.ts';
import { recordsPrefix } from '../lib/records/key.ts';
import { type JobRecord, record } from '../lib/records/record.ts';
import { openStore } from '../lib/store/open-store.ts';
import type { Store } from '../lib/store/store.ts';
import { bundleWorker } from '../lib/worker/bundle.ts';
import { toEnvironment } from '../lib/worker/settings.ts';

const JOBS = 300;
/** The first jobs meet a cold Fiji, and nothing is fetched ahead before the worker knows that jobs are short. */
const WARM_UP = 50;
const LIMIT_MS = 50;
const APP = 'bench';

const examples = fileURLToPath(new URL('../examples/images/plate/', import.meta.url));
const script = fileURLToPath(new URL('worker/blur.groovy', import.meta.url));

interface Way {
  readonly name: string;
  readonly mode: 'folder' | 'download';
  readonly source: string;
  readonly destination: string;
}

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-worker-'));
  const ways: Way[] = [
    {
      name: 'folders on this machine',
      mode: 'folder',
      source: join(folder, 'in'),
      destination: join(folder, 'out'),
    },
    { name: 'S3, inputs downloaded', mode: 'download', source: 's3://images', destination: 's3://results' },
  ];

  print('', 'jobs', 'fetched ahead', 'wall/job', 'script', 'overhead', '90% below', 'jobs/min');
  try {
    for (const way of ways) await measure(way, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`Medians in ms. Goal: an overhead under ${LIMIT_MS} ms a job.\n`);
}

async function measure(way: Way, folder: string): Promise<void> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = { endpoint, region: 'us-east-1', credentials: NO_CREDENTIALS };
  const [sqs, s3] = [sqsClient(client), s3Client(client)];

  try {
    for (const Bucket of ['images', 'results']) await s3.send(new CreateBucketCommand({ Bucket }));
    const [queue = '', dead = ''] = await Promise.all(
      ['jobs', 'dead'].map(
        async (QueueName) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl,
      ),
    );
    const [source, destination] = [way.source, way.destination].map((address) => openStore(address, { s3 }));
    await fillSource(source as Store);
    await fillQueue(sqs, queue);
    const ahead = await work(endpoint, queue, dead, way, folder);
    report(way.name, ahead, await readRecords(destination as Store));
  } finally {
    sqs.destroy();
    s3.destroy();
    await app.close();
  }
}

async function fillSource(source: Store): Promise<void> {
  const [name = ''] = (await readdir(examples)).filter((file) => /\.tif$/i.test(file));
  const image = await readFile(join(examples, name));
  for (let index = 0; index < JOBS; index += 1) await source.write(`plate/${index}.tif`, image);
}

async function fillQueue(sqs: ReturnType<typeof sqsClient>, queue: string): Promise<void> {
  for (let start = 0; start < JOBS; start += 10) {
    const Entries = Array.from({ length: Math.min(10, JOBS - start) }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({
        Metadata: { Well: `W${start + index}`, image: `/home/ubuntu/bucket/plate/${start + index}.tif` },
        output_file_location: 'blurred/',
      }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries }));
  }
}

/** @returns how many jobs were taken while another ran */
async function work(
  endpoint: string,
  queue: string,
  dead: string,
  way: Way,
  folder: string,
): Promise<number> {
  const { entry } = await bundleWorker(join(folder, 'worker'));
  const settings = toEnvironment({
    APP_NAME: APP,
    SQS_QUEUE_URL: queue,
    DEAD_LETTER_QUEUE_URL: dead,
    AWS_REGION: 'us-east-1',
    SOURCE: way.source,
    DESTINATION: way.destination,
    INPUT_MODE: way.mode,
    SCRIPT_DOWNLOAD_URL: script,
    EXPECTED_NUMBER_FILES: 1,
    MIN_FILE_SIZE_BYTES: 1,
    JOB_RETRIES: 1,
    SQS_MESSAGE_VISIBILITY: 120,
    JOB_TIMEOUT_MINUTES: 5,
    JOBS_PER_FIJI: JOBS * 2,
    MEMORY: 1536,
    SCRATCH: join(folder, 'scratch'),
    IDLE_SECONDS: 0,
  });
  const worker = spawn(process.execPath, [entry], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: NO_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: NO_CREDENTIALS.secretAccessKey,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let ahead = 0;
  createInterface({ input: worker.stdout }).on('line', (line) => {
    const { event, ahead: early } = JSON.parse(line) as { event: string; ahead?: boolean };
    if (event === 'job taken' && early === true) ahead += 1;
  });
  await once(worker, 'close');
  return ahead;
}

async function readRecords(destination: Store): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  for await (const { key } of destination.list(recordsPrefix(APP, 'default'))) {
    const text = Buffer.concat((await (await destination.read(key)).toArray()) as Buffer[]).toString('utf8');
    records.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => record.parse(JSON.parse(line))),
    );
  }
  return records.sort((a, b) => Date.parse(a.started) - Date.parse(b.started));
}

function report(name: string, ahead: number, records: readonly JobRecord[]): void {
  const failed = records.filter(({ outcome }) => outcome !== 'success');
  if (failed.length > 0 || records.length !== JOBS) {
    throw new TypeError(
      `${records.length} of ${JOBS} jobs done, ${failed.length} failed: ${failed[0]?.reason ?? ''}`,
    );
  }
  const warm = records.slice(WARM_UP);
  const turns = warm.slice(1).map((next, index) => {
    const before = warm[index] as JobRecord;
    const wall = Date.parse(next.started) - Date.parse(before.started);
    return { wall, script: before.phases.fiji ?? 0, overhead: wall - (before.phases.fiji ?? 0) };
  });
  const at = (share: number, values: number[]) =>
    values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
  const wall = at(
    0.5,
    turns.map((turn) => turn.wall),
  );
  const overheads = turns.map((turn) => turn.overhead);

  print(
    name,
    records.length,
    ahead,
    wall,
    at(
      0.5,
      turns.map((turn) => turn.script),
    ),
    at(0.5, overheads),
    at(0.9, overheads),
    Math.round(60_000 / wall),
  );
}

function print(...[first = '', ...rest]: (string | number)[]): void {
  process.stdout.write(
    `${String(first).padEnd(26)}${rest.map((cell) => String(cell).padStart(14)).join('')}\n`,
  );
}
