/**
 * The worker in real containers: started as the ECS agent starts it, on what a machine's boot has laid down, in images
 * that hold nothing of ours. The queue and the bucket are on this machine, and so is the network.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ConfigInput } from '../../../lib/config/index.ts';
import { message, type Message } from '../../../lib/jobs/message.ts';
import { readRecords } from '../../../lib/records/reader.ts';
import type { JobRecord } from '../../../lib/records/record.ts';
import { S3Store } from '../../../lib/store/s3-store.ts';
import { ANY_KEYS, type QueueServer, startQueueServer } from '../../fixtures/queue.ts';
import { removeMachines } from '../../infrastructure/host/machine.ts';
import { type Engine, engineIsMissing, startEngine } from './engine.ts';
import { BARE, FIJI, makeBareImage, makeFijiImage } from './images.ts';
import { deploy, type Deployed } from './tasks.ts';

const BUCKET = 'images-of-our-lab';
const IMAGE = join(import.meta.dirname, '../../../examples/images/plate/AS_09047_050428030001_O01f00d2.TIF');
const KEY = "plate é/well's 1.TIF";

/** Measures the image in the image's own Fiji, and tries to write where it may not. */
const MEASURE = `#@ String Well
#@ File image
#@ File output_directory
from ij import IJ
from java.io import File
opened = IJ.openImage(image.path)
try:
    open('/opt/distributed-fiji/mine', 'w').close()
    worker = 'writable'
except IOError:
    worker = 'read-only'
with open(File(output_directory, Well + '.csv').path, 'w') as table:
    table.write('%d,%d,%s' % (opened.width, opened.height, worker))
`;

/** Takes memory as native libraries do, past the heap and past the container. */
const DEVOUR = `#@ String Well
#@ File output_directory
from java.io import File
from sun.misc import Unsafe
if Well == 'A1':
    field = Unsafe.getDeclaredField('theUnsafe')
    field.setAccessible(True)
    while True:
        field.get(None).setMemory(field.get(None).allocateMemory(1 << 26), 1 << 26, 1)
open(File(output_directory, Well + '.txt').path, 'w').write('done')
`;

const SLEEP = `#@ String Well
import time
time.sleep(300)
`;

/** Their script, and the mount; the defaults for all else that matters here. */
const shared: ConfigInput = { AWS_BUCKET: BUCKET, JOB_RETRIES: 1, MEMORY: 1200 };

(engineIsMissing() === undefined ? describe : describe.skip)('in a container', () => {
  let engine: Engine;
  let server: QueueServer;
  let store: S3Store;
  let mounting: Deployed;
  let bare: Deployed;
  let queues = 0;

  beforeAll(async () => {
    [engine, server] = await Promise.all([startEngine(), startQueueServer()]);
    await server.createBucket(BUCKET);
    store = new S3Store(server.s3, BUCKET);
    const put = (Key: string, Body: string | Buffer) =>
      server.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    await put(KEY, readFileSync(IMAGE));
    for (const [name, script] of Object.entries({ MEASURE, DEVOUR, SLEEP })) await put(`${name}.py`, script);
    makeBareImage(engine);
    await makeFijiImage(engine);
    const script = { SCRIPT_DOWNLOAD_URL: `s3://${BUCKET}/MEASURE.py` };
    mounting = await deploy(engine, { ...shared, ...script, DOCKERHUB_TAG: FIJI, DOWNLOAD_FILES: false });
    bare = await deploy(engine, { ...shared, ...script, DOCKERHUB_TAG: BARE, DOWNLOAD_FILES: true });
  }, 300_000);

  afterAll(async () => {
    await engine.stop();
    await server.stop();
    removeMachines();
  }, 60_000);

  /** A queue with these jobs, and what a container must be told to find it. */
  async function given(jobs: readonly object[], script = 'MEASURE') {
    queues += 1;
    const [jobsUrl, deadUrl] = [
      await server.createQueue(`jobs-${String(queues)}`),
      await server.createQueue(`dead-${String(queues)}`),
    ];
    const run = `run-${String(queues)}`;
    for (const job of jobs) {
      const body = { output_file_location: run, run, ...job };
      await server.sqs.send(new SendMessageCommand({ QueueUrl: jobsUrl, MessageBody: JSON.stringify(body) }));
    }
    return {
      url: jobsUrl,
      run,
      environment: {
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_ACCESS_KEY_ID: ANY_KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: ANY_KEYS.secretAccessKey,
        SQS_QUEUE_URL: jobsUrl,
        DEAD_LETTER_QUEUE_URL: deadUrl,
        SCRIPT_DOWNLOAD_URL: `s3://${BUCKET}/${script}.py`,
        IDLE_SECONDS: '3', // less than the config takes: nobody waits here for more jobs
      },
      records: async (): Promise<JobRecord[]> => {
        const records = [];
        for await (const one of readRecords(store, 'Plates', run)) records.push(one);
        return records.sort((a, b) => (a.job < b.job ? -1 : 1));
      },
      back: async (): Promise<Message> => {
        const { Messages: [found] = [] } = await server.sqs.send(
          new ReceiveMessageCommand({ QueueUrl: jobsUrl, WaitTimeSeconds: 5 }),
        );
        return message.parse(JSON.parse(found?.Body ?? '{}'));
      },
    };
  }

  async function said(container: string, words: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if ((await engine.logs(container)).includes(words)) return;
      await sleep(200);
    }
    throw new Error(`never said ${words}:\n${await engine.logs(container)}`);
  }

  test('an image with a Fiji where the ancestor has it: jobs run on the mounted bucket, results come back, and the worker leaves by itself', async () => {
    mkdirSync(join(mounting.bucket, 'plate é'));
    copyFileSync(IMAGE, join(mounting.bucket, KEY));
    const jobs = ['A1', 'A2'].map((Well) => ({ Metadata: { Well, image: `/home/ubuntu/bucket/${KEY}` } }));
    const { environment, run, records } = await given(jobs);
    const container = await mounting.start(environment);

    expect({ code: await engine.ended(container), said: await engine.logs(container) }).toEqual({
      code: 0,
      said: expect.stringContaining('"event":"stopped"'),
    });
    const ended = await records();
    expect(ended.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(Array(2).fill('success '));
    expect(ended[0]?.worker).toMatchObject({ machine_type: 'm6i.large', zone: 'us-east-1b' });
    for (const Well of ['A1', 'A2']) {
      const { Body } = await server.s3.send(
        new GetObjectCommand({ Bucket: BUCKET, Key: `${run}/${Well}.csv` }),
      );
      expect(await Body?.transformToString()).toBe('512,512,read-only');
    }
  }, 120_000);

  test('memory that runs out takes the Fiji and its job, with the reason, and neither the worker nor the next job', async () => {
    const { environment, records } = await given(
      ['A1', 'A2'].map((Well) => ({ Metadata: { Well }, job: Well })),
      'DEVOUR',
    );
    expect(await engine.ended(await mounting.start(environment))).toBe(0);
    const [lost, done] = await records();
    expect(lost).toMatchObject({
      outcome: 'out of memory',
      reason: expect.stringContaining("the container's memory was used up"),
    });
    expect(done?.outcome).toBe('success');
  }, 120_000);

  test('TERM, as at a Spot notice: the job is back at once and has not failed, and nobody stays', async () => {
    const { environment, back } = await given([{ Metadata: { Well: 'A1' } }], 'SLEEP');
    const container = await mounting.start(environment);
    await said(container, '"event":"job running"');
    await engine.docker('kill', '--signal', 'TERM', container);
    expect(await engine.ended(container)).toBe(0);
    expect(await back()).toMatchObject({ history: { failures: [], interruptions: 1 } });
  }, 120_000);

  test('an image without even a C library: the worker starts, says that there is no Fiji in it, and takes no job', async () => {
    const { environment, url } = await given([{ Metadata: { Well: 'A1' } }]);
    const container = await bare.start(environment);
    expect(await engine.ended(container)).toBe(1);
    expect(await engine.logs(container)).toContain(`There is no Fiji in the image ${BARE} (DOCKERHUB_TAG)`);
    expect(await server.counts(url)).toEqual({ waiting: 1, leased: 0, delayed: 0 });
  }, 60_000);
});
