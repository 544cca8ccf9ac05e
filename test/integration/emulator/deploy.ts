/**
 * A run's whole life on an emulated AWS, part of `npm run test:deploy`. Real `cdk bootstrap`, `deploy`, update and
 * `destroy`; the deployed monitor on its schedule; real jobs through the deployed queue to the real worker, told what the
 * deployed task definition says; and at the end, nothing left. What the emulator cannot show (Spot, placement, machines
 * that boot) is asserted on the template and in the host scripts' own tests.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { s3Client, sqsClient } from '../../../lib/aws/clients.ts';
import { assembleStarter, defaultCacheFolder } from '../../../lib/fiji/starter/assemble.ts';
import { ACCOUNT, type Emulator, REGION, startEmulator } from './emulator.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const APP = 'Plates_of_the_test';
const BUCKET = 'images-of-the-test';
const GROUPS = 12;

const began = Date.now();
const emulator = await startEmulator();
const access = {
  region: REGION,
  endpoint: emulator.endpoint,
  credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
};
const s3 = s3Client(access);
const sqs = sqsClient(access);
const ecs = new ECSClient(access);
const autoScaling = new AutoScalingClient(access);

try {
  await wholeLife(emulator);
  say('all as it should be');
} finally {
  await emulator.stop();
}

async function wholeLife({ folder, everything }: Emulator): Promise<void> {
  const config = join(folder, 'config.ts');
  await writeConfig(config, 3);
  await fillBucket();

  const early = await cdk(config, ['deploy', '--require-approval', 'never']).catch((error: unknown) =>
    String(error),
  );
  match(early, /bootstrap/i);
  say('deploy without bootstrap: refused, and says so');

  await cdk(config, ['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
  const before = await everything();
  say('bootstrapped');

  await cdk(config, ['deploy', '--require-approval', 'never']);
  const made = missing(before, await everything());
  ok(made.length > 25, made.join('\n'));
  say(`deployed: ${String(made.length)} things`);

  const enqueue = ['bin/distributed-fiji.ts', '--config', config, 'enqueue', 'examples/count_spots.json'];
  await run('npx', ['node', ...enqueue], root);
  equal(await messages(), GROUPS);
  say(`enqueued ${String(GROUPS)} jobs`);

  await until('the monitor, woken by enqueue, wants all machines', async () => (await group()).desired === 3);
  const woken = await remembered();

  await work();
  equal(await messages(), 0);
  const keys = await keysOf('');
  ok(
    keys.some((key) => key.startsWith('count_spots/')),
    keys.join('\n'),
  );
  const records = keys.filter((key) => /^distributed-fiji\/.*\/records\//.test(key));
  const outcomes = (await Promise.all(records.map(textOf))).flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { outcome: string }).outcome),
  );
  deepEqual(outcomes, Array(GROUPS).fill('success'));
  say(`${String(GROUPS)} jobs succeeded, ${String(keys.length)} objects in the bucket`);

  // As many as there are machines: from here on the monitor, whenever it is called, wants three.
  for (const Well of ['A01', 'A02', 'A03']) {
    const MessageBody = JSON.stringify({ Metadata: { Well } });
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(), MessageBody }));
  }
  await until('the monitor was called on its schedule', async () => (await remembered()) > woken);
  await until('three more jobs want three machines', async () => (await group()).desired === 3);
  await writeConfig(config, 5);
  await cdk(config, ['deploy', '--require-approval', 'never']);
  deepEqual(await group(), { desired: 3, max: 5 });
  say('deployed again: the group keeps its machines');

  await cdk(config, ['destroy', '--force']);
  deepEqual(missing(before, await everything()), []);
  ok((await keysOf('')).length >= keys.length, 'results stay in the bucket');
  say('destroyed with machines running and jobs left: nothing remains but the results');
}

async function writeConfig(path: string, machines: number): Promise<void> {
  const options = {
    APP_NAME: APP,
    AWS_BUCKET: BUCKET,
    SCRIPT_DOWNLOAD_URL: `s3://${BUCKET}/scripts of ours/count_spots.py`,
    CLUSTER_MACHINES: machines,
    MEMORY: 3000,
    DOWNLOAD_FILES: true, // no machine boots here, so there is no mount
    WORKER_IDLE_SECONDS: 20,
    JOBS_PER_FIJI: GROUPS, // a JVM for each worker, not for each job: what is tried here is the way through AWS
    NOTIFY_EMAIL: 'you@example.org',
  };
  await writeFile(path, `export default ${JSON.stringify(options)};\n`);
}

async function fillBucket(): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const put = (Key: string, path: string) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: readFileSync(path) }));
  await put('scripts of ours/count_spots.py', join(root, 'examples', 'count_spots.py'));
  for await (const path of glob(join(root, 'examples', 'images', 'plate', '*.TIF'))) {
    await put(`plate/${basename(path)}`, path);
  }
}

/** Two workers, started as ECS starts them: the deployed bundle, and the environment of the deployed task definition. */
async function work(): Promise<void> {
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: `${APP}Task` }),
  );
  const container = taskDefinition?.containerDefinitions?.[0];
  equal(container?.entryPoint?.at(-1), '/opt/distributed-fiji/worker.mjs');
  const told = Object.fromEntries(
    (container?.environment ?? []).map(({ name, value }) => [name, value ?? '']),
  );
  // In the place of the image's Fiji, which an image names so when it is in an unusual place.
  const FIJI_HOME = await assembleStarter({ cacheFolder: defaultCacheFolder(process.env), env: process.env });
  const [program] = globSync(join(emulator.folder, 'cdk.out', 'asset.*', 'worker.mjs'));
  const worker = (number: number) =>
    run('npx', ['node', program ?? 'no worker in cdk.out'], root, {
      ...told,
      FIJI_HOME,
      SCRATCH: join(emulator.folder, `scratch ${String(number)}`),
      MACHINE_FACTS: '',
    });
  await Promise.all([worker(1), worker(2)]);
}

function cdk(config: string, words: string[]): Promise<string> {
  const output = join(emulator.folder, 'cdk.out');
  return run('npx', ['cdk', ...words, '--no-notices', '-o', output, '-c', `config=${config}`], root);
}

/** @returns all that it printed; throws with it when it failed. */
async function run(
  program: string,
  words: string[],
  cwd: string,
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { ...emulator.environment, ...more };
  const options = { cwd, env, timeout: 900_000, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await promisify(execFile)(program, words, options).catch((error: unknown) => {
    const { stdout: out = '', stderr: err = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${words.join(' ')} failed:\n${out}\n${err}`);
  });
  return stdout + stderr;
}

async function group(): Promise<{ desired: number; max: number }> {
  const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({}),
  );
  return { desired: found?.DesiredCapacity ?? -1, max: found?.MaxSize ?? -1 };
}

/** When the monitor last wrote down what it knows: in milliseconds since the epoch. */
async function remembered(): Promise<number> {
  const Key = `distributed-fiji/${APP}/monitor.json`;
  const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
  return LastModified?.getTime() ?? 0;
}

function queueUrl(): string {
  return `${emulator.endpoint}/${ACCOUNT}/${APP}Queue`;
}

async function messages(): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

async function keysOf(Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKET, Prefix })) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return keys;
}

async function textOf(Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return (await Body?.transformToString()) ?? '';
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 600; second += 1) {
    if (await holds()) return say(what);
    await sleep(1000);
  }
  throw new Error(
    `not within 600 s: ${what}\n${await readFile(join(emulator.folder, 'emulator.log'), 'utf8')}`,
  );
}

function missing(before: readonly string[], after: readonly string[]): string[] {
  const known = new Set(before);
  return after.filter((line) => !known.has(line));
}

function say(line: string): void {
  process.stdout.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${line}\n`);
}
