/** A deploy in the middle of a run: the monitor says that there is one, and workers leave between two jobs. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Aws } from '../../lib/monitor/aws.ts';
import { commit } from '../../lib/monitor/memory-object.ts';
import { BLANK } from '../../lib/monitor/memory.ts';
import type { MonitorSettings } from '../../lib/monitor/settings.ts';
import { ANY_KEYS } from '../fixtures/queue.ts';
import { settings as monitorSettings } from '../monitor/situation.ts';
import { temporaryFolder } from './temporary.ts';
import { openWorld, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;
const [OLD, NEW] = [7, 8].map((revision) => `arn:aws:ecs:us-east-1:1:task-definition/PlatesTask:${revision}`);

let world: World;
let aws: Aws;
beforeAll(async () => {
  world = await openWorld();
  aws = connect({ endpoint: world.server.endpoint, region: 'us-east-1', credentials: ANY_KEYS });
  await world.server.createBucket('bucket');
});
afterAll(async () => {
  for (const client of Object.values(aws) as Aws['s3'][]) client.destroy();
  await world.end();
});

/** What a monitor of this deployment writes before it does anything. */
async function inForce(app: string, deployment: string): Promise<MonitorSettings['MONITOR_MEMORY']> {
  const MONITOR_MEMORY = `s3://bucket/distributed-fiji/${app}/monitor.json` as const;
  await commit(aws, monitorSettings({ MONITOR_MEMORY, TASK_DEFINITION: deployment }), BLANK, undefined);
  return MONITOR_MEMORY;
}

const job = (name: string, Metadata: Record<string, string>) => ({
  run: 'r',
  job: name,
  Metadata,
  output_file_location: 'out/',
});

test('the job that runs is finished, the next is left to others, and the worker leaves in peace', async () => {
  const scene = await world.scene();
  const go = join(await temporaryFolder(), 'go');
  const memory = await inForce('running', OLD as string);
  await scene.send(
    job('short', { what: 'write', file: 'short.csv' }),
    job('long', { what: 'await', image: go, file: 'long.csv' }),
  );
  const worker = scene.startWorker({
    SCRIPT_DOWNLOAD_URL: SCRIPT,
    IDLE_SECONDS: 3600,
    DEPLOYMENT: OLD,
    DEPLOYMENT_IN: memory,
    DEPLOYMENT_LOOK_SECONDS: 0,
  });
  await worker.event('job ended'); // its own deployment is in force: it works
  await worker.event('job running', 2);
  await inForce('running', NEW as string);
  await scene.send(job('next', { what: 'write', file: 'next.csv' }));
  await writeFile(go, '');
  await worker.finished();

  expect(await worker.event('stopping')).toMatchObject({
    why: 'a newer deployment is in force: its workers go on',
  });
  expect(await scene.records()).toMatchObject([
    { job: 'short', outcome: 'success' },
    { job: 'long', outcome: 'success', attempt: 1 },
  ]);
  expect(await scene.counts()).toEqual({ waiting: 1, leased: 0, delayed: 0 });
  expect(await scene.receive()).toMatchObject([{ job: 'next' }]); // as it was sent: no attempt, no interruption
});

test('a worker that waits for jobs leaves too; one that comes too late takes none', async () => {
  const scene = await world.scene();
  const memory = await inForce('waiting', OLD as string);
  const options = { SCRIPT_DOWNLOAD_URL: SCRIPT, IDLE_SECONDS: 3600, DEPLOYMENT: OLD, DEPLOYMENT_IN: memory };
  const worker = scene.startWorker({ ...options, DEPLOYMENT_LOOK_SECONDS: 1 });
  await worker.event('started');
  await inForce('waiting', NEW as string);
  await worker.finished();

  await scene.send(job('one', { what: 'write' }));
  await scene.startWorker(options).finished();
  expect(await scene.counts()).toEqual({ waiting: 1, leased: 0, delayed: 0 });
});

test('a word that is not there, or cannot be read, keeps nobody from working', async () => {
  const scene = await world.scene();
  for (const [name, address] of [
    ['missing', 's3://bucket/nobody/was here.json'],
    ['unreadable', 's3://no-such-bucket-at-all/monitor.json'],
  ] as const) {
    await scene.send(job(name, { what: 'write', file: `${name}.csv` }));
    await scene
      .startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, DEPLOYMENT: OLD, DEPLOYMENT_IN: address })
      .finished();
  }
  expect(await scene.records()).toMatchObject([{ outcome: 'success' }, { outcome: 'success' }]);
});
