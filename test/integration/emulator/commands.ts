/**
 * `npm run deploy` and `npm run destroy` as their users start them, on an emulated AWS: what they refuse, what they say,
 * and that nothing is lost before they are sure. Part of `npm run test:deploy`.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../../lib/aws/clients.ts';
import { cloudFormationClient } from '../../../lib/aws/control-clients.ts';
import { ACCOUNT, REGION, startEmulator } from './emulator.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const APP = 'Plates_of_ours';
const STACK = 'Plates--of--ours';
const BUCKET = 'plates-of-ours';
const PROFILE = 'lab';

const began = Date.now();
const emulator = await startEmulator();
const access = {
  region: REGION,
  endpoint: emulator.endpoint,
  credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
};
const stacks = cloudFormationClient(access);
const groups = new AutoScalingClient(access);
const config = join(emulator.folder, "the lab's config.ts");

try {
  await round();
  say('all as it should be');
} finally {
  await emulator.stop();
}

async function round(): Promise<void> {
  await profile();
  await configure({});
  const refused = await command('deploy');
  equal(refused.code, 1);
  match(refused.said, /2 things stand in the way/);
  match(refused.said, /There is no bucket called plates-of-ours \(AWS_BUCKET\)/);
  match(refused.said, new RegExp(`npx cdk bootstrap aws://${ACCOUNT}/${REGION} --profile ${PROFILE}`));
  say('no bucket, no bootstrap: both told at once');

  const s3 = s3Client(access);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'count.py', Body: '#@ String Well\n' }));
  await run('npx', [
    'cdk',
    'bootstrap',
    `aws://${ACCOUNT}/${REGION}`,
    '--no-notices',
    '--profile',
    PROFILE,
    '-c',
    `config=${config}`,
  ]);
  const before = await emulator.everything();
  await halfMade();
  const first = await command('deploy');
  equal(first.code, 0, first.said);
  match(first.said, /failed and was taken back \(ROLLBACK_COMPLETE\)/);
  match(first.said, /AWS gives the name out again after 60 seconds: waiting \d+ s/);
  match(first.said, new RegExp(`This will make ${APP} in ${REGION} of the account ${ACCOUNT}`));
  match(first.said, /while nothing runs: no machine; \$\d+\.\d\d a month at most/); // docs/costs.md is held to the figure elsewhere
  match(first.said, /Next: npm run enqueue -- job\.json --config '.*the lab'\\''s config\.ts'/);
  say('over a half-made stack: waited for the queue name, and deployed');

  const jobs = join(emulator.folder, 'jobs.json');
  await writeFile(jobs, JSON.stringify({ output_file_location: 'out/{Well}', groups: { Well: 'A01..A05' } }));
  const sent = await command('enqueue', jobs);
  equal(sent.code, 0, sent.said);
  const asked = await command('destroy');
  equal(asked.code, 1);
  match(asked.said, /5 jobs in the queue/);
  match(asked.said, /npm run destroy -- --force --config/);
  equal(await status(), 'CREATE_COMPLETE');
  say('jobs left: not removed without a question');

  await until('the monitor wants machines', async () => (await desired()) === 3);
  await configure({ CLUSTER_MACHINES: 2 });
  const fewer = await command('deploy');
  equal(fewer.code, 1);
  match(fewer.said, /CLUSTER_MACHINES is 2, and 3 machines are at work: AWS would end one of them/);
  equal(await desired(), 3);
  await configure({ CLUSTER_MACHINES: 4 });
  const again = await command('deploy');
  equal(again.code, 0, again.said);
  match(again.said, /A run is on: 5 jobs waiting, 0 running, 3 machines/);
  match(again.said, /This will update/);
  await configure({ CLUSTER_MACHINES: 2 });
  const forced = await command('deploy', '--force');
  equal(forced.code, 0, forced.said);
  match(forced.said, /Note: CLUSTER_MACHINES is 2, and \d machines are at work/);
  equal(await desired(), 2);
  say('deployed over the run; fewer machines than it has only with --force');

  const removed = await command('destroy', '--force');
  equal(removed.code, 0, removed.said);
  match(removed.said, /the group of machines, with \d machines/);
  match(removed.said, /2 queues: Plates_of_oursDeadMessages and Plates_of_oursQueue/);
  match(removed.said, /Kept:\n {2}- your results.*s3:\/\/plates-of-ours/);
  const known = new Set(before);
  deepEqual(
    (await emulator.everything()).filter((line) => !known.has(line)),
    [],
  );
  say('removed with machines running: nothing is left');

  const twice = await command('destroy');
  equal(twice.code, 0);
  match(twice.said, /There is no run Plates_of_ours/);
}

/** The only credentials that the commands have: they must reach the CDK, too. */
async function profile(): Promise<void> {
  const folder = join(emulator.folder, '.aws');
  await mkdir(folder);
  const keys = 'aws_access_key_id = emulator\naws_secret_access_key = emulator\n';
  await writeFile(join(folder, 'credentials'), `[${PROFILE}]\n${keys}`);
}

async function configure(more: Readonly<Record<string, unknown>>): Promise<void> {
  const options = {
    APP_NAME: APP,
    AWS_BUCKET: BUCKET,
    SCRIPT_DOWNLOAD_URL: `s3://${BUCKET}/count.py`,
    AWS_PROFILE: PROFILE,
    MEMORY: 3000,
    NOTIFY_EMAIL: 'you@example.org',
    ...more,
  };
  await writeFile(config, `export default ${JSON.stringify(options)};\n`);
}

/** What a first deployment leaves that failed after its queues were made. */
async function halfMade(): Promise<void> {
  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${APP}Queue` } };
  const nobody = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:nobody`;
  const fails = { Type: 'Custom::Fails', DependsOn: 'Queue', Properties: { ServiceToken: nobody } };
  const template = { Description: `Distributed-Fiji: ${APP}`, Resources: { Queue: queue, Fails: fails } };
  await stacks.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify(template) }));
  await until('a half-made stack', async () => (await status()) === 'ROLLBACK_COMPLETE');
}

async function status(): Promise<string | undefined> {
  const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({ StackName: STACK }));
  return Stacks[0]?.StackStatus;
}

async function desired(): Promise<number | undefined> {
  const { AutoScalingGroups = [] } = await groups.send(new DescribeAutoScalingGroupsCommand({}));
  return AutoScalingGroups[0]?.DesiredCapacity;
}

interface Said {
  readonly code: number | null;
  readonly said: string;
}

function command(name: string, ...words: string[]): Promise<Said> {
  return run('npm', ['run', '--silent', name, '--', ...words, '--config', config]);
}

async function run(program: string, words: readonly string[]): Promise<Said> {
  const env = { ...emulator.environment, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  const options = { cwd: root, env, timeout: 300_000 };
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, out, errors] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, said: out + errors };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 150; second += 1) {
    if (await holds()) return say(what);
    await sleep(1000);
  }
  throw new Error(`not within 150 s: ${what}`);
}

function say(line: string): void {
  process.stdout.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${line}\n`);
}
