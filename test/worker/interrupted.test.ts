/** Workers that are stopped, killed or outrun in the middle of their work: nothing is lost, nothing is there twice. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../lib/store/open-store.ts';
import { openWorld, recordsIn, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

function job(name: string, Metadata: Record<string, string>) {
  return { run: 'r', job: name, Metadata, output_file_location: 'out/' };
}

/** Resolves when no process of this worker's Fijis is left. */
async function childrenOf(scratch: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(`TMPDIR=${scratch}`)) found.push(pid);
  }
  return found;
}

test('SIGTERM: running and prefetched jobs go back at once, uncounted, and another worker does them', async () => {
  const scene = await world.scene();
  const short = [1, 2, 3].map((index) => job(`short${index}`, { what: 'write', file: `${index}.csv` }));
  const long = [1, 2, 3, 4, 5, 6].map((index) =>
    job(`long${index}`, { what: 'sleep', file: `long${index}.csv` }),
  );
  const worker = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, IDLE_SECONDS: 60 });
  await scene.send(...short);
  await worker.event('job ended', 3); // jobs are short, it has learned
  await sleep(2500); // and by then counts the queue anew
  await scene.send(...long);
  await worker.event('job running', 4);
  while (!worker.printed.some((line) => /"job":"long.*"ahead":true/.test(line))) await sleep(50);

  const told = Date.now();
  worker.process.kill('SIGTERM');
  worker.process.kill('SIGTERM');
  await worker.finished();
  expect(Date.now() - told).toBeLessThan(20_000); // seconds, not the minutes that the job would have taken

  const names = (jobs: readonly { readonly job?: string | undefined }[]) => jobs.map(({ job }) => job).sort();
  const back = await scene.receive();
  expect(names(back)).toEqual(names(long));
  expect(back.filter(({ history }) => history !== undefined)).toMatchObject([
    { history: { failures: [], interruptions: 1 } },
    { history: { failures: [], interruptions: 1 } },
  ]);
  const ended = await scene.records();
  expect(ended.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success', 'interrupted']);
  expect(ended[3]).toMatchObject({ attempt: 1, final: false, reason: expect.stringMatching(/SIGTERM/) });
  expect(await childrenOf(scene.scratch)).toEqual([]);
  expect(await readdir(scene.scratch)).toEqual([]);

  // Whoever takes them next begins at attempt 1 and knows of the interruption.
  const [again] = back.filter(({ history }) => history !== undefined);
  await scene.send({ ...again!, Metadata: { what: 'write', file: 'again.csv' } });
  await scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT }).finished();
  expect((await scene.records()).at(-1)).toMatchObject({
    job: again?.job,
    outcome: 'success',
    attempt: 1,
    history: { interruptions: 1 },
  });
});

test('SIGKILL: the job is handed out again when its lease has ended, and what was left in scratch goes', async () => {
  const scene = await world.scene();
  await scene.send(job('victim', { what: 'write', file: 'a.csv' }));
  const first = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, SQS_MESSAGE_VISIBILITY: 3 });
  await first.event('job running');
  first.process.kill('SIGKILL');
  expect(await first.exited).toBe('SIGKILL');
  expect(await readdir(scene.scratch)).toHaveLength(1);

  await scene
    .startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, SQS_MESSAGE_VISIBILITY: 3, IDLE_SECONDS: 5 })
    .finished();
  expect(await scene.records()).toMatchObject([{ job: 'victim', outcome: 'success', attempt: 1 }]);
  expect(await readFile(join(scene.destination, 'out/a.csv'), 'utf8')).toBe('done ü');
  expect(await readdir(scene.scratch)).toEqual([]);
  expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
});

test('a job that ends its worker, again and again, is laid aside with a reason; its neighbour is done', async () => {
  const scene = await world.scene();
  const options = { SCRIPT_DOWNLOAD_URL: SCRIPT, SQS_MESSAGE_VISIBILITY: 2, JOB_RETRIES: 1 };
  await scene.send(job('poisoned', { what: 'end the worker' }));
  for (let worker = 1; worker <= 2; worker++) {
    expect(await scene.startWorker({ ...options, IDLE_SECONDS: 60 }).exited).toBe('SIGKILL');
  }
  expect(await scene.records()).toEqual([]);

  await scene.send(job('neighbour', { what: 'write', file: 'a.csv' }));
  await scene.startWorker({ ...options, IDLE_SECONDS: 5 }).finished();
  const reason = expect.stringMatching(
    /^2 workers in a row took this job and vanished without a word.*\(MEMORY\)$/,
  );
  const [poisoned] = (await scene.records()).filter(({ job: name }) => name === 'poisoned');
  expect(poisoned).toMatchObject({ outcome: 'worker lost', final: true, attempt: 1, reason });
  expect(await scene.records()).toHaveLength(2);
  expect(await scene.deadLetters()).toMatchObject([
    { outcome: 'worker lost', reason, body: expect.stringContaining('poisoned') },
  ]);
  expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
});

test('a lease lives as long as the job, however short it is', async () => {
  const scene = await world.scene();
  await scene.send(job('long', { what: 'sleep' }));
  const worker = scene.startWorker({
    SCRIPT_DOWNLOAD_URL: SCRIPT,
    SQS_MESSAGE_VISIBILITY: 2,
    JOB_RETRIES: 1,
    JOB_TIMEOUT_MINUTES: 8 / 60,
  });
  await worker.event('job running');
  await sleep(6000);
  expect(await scene.counts()).toMatchObject({ waiting: 0, leased: 1 });
  await worker.finished();
  expect(await scene.records()).toMatchObject([{ outcome: 'timeout' }]);
});

test('a job that somebody else has got meanwhile is dropped without a word', async () => {
  const scene = await world.scene();
  await scene.send(job('stolen', { what: 'sleep' }));
  const worker = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, SQS_MESSAGE_VISIBILITY: 2 });
  await worker.event('job running');
  // A machine that hangs for a while: its lease ends, and another worker takes the job.
  worker.process.kill('SIGSTOP');
  let taken = 0;
  while (taken === 0) {
    await sleep(200);
    const { Messages = [] } = await world.server.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: scene.queueUrl, VisibilityTimeout: 600 }),
    );
    taken = Messages.length;
  }
  worker.process.kill('SIGCONT');

  await worker.event('lease lost');
  await worker.finished();
  expect(await scene.records()).toEqual([]);
  expect(await readdir(scene.destination)).toEqual([]);
  expect(await scene.counts()).toMatchObject({ waiting: 0, leased: 1 });
});

test('a closed standard input means stop, where that was asked for', async () => {
  const scene = await world.scene();
  const worker = scene.startWorker({
    SCRIPT_DOWNLOAD_URL: SCRIPT,
    IDLE_SECONDS: 3600,
    STOP_WHEN_STDIN_CLOSES: true,
  });
  await worker.event('started');
  worker.process.stdin?.end();

  await worker.finished();
  expect(await worker.event('stopping')).toMatchObject({ why: 'whoever started the worker is gone' });
  expect(await readdir(scene.scratch)).toEqual([]);
});

test('SIGTERM while results are on their way: those that arrive in time are kept, and the job is done', async () => {
  const scene = await world.scene();
  await world.server.createBucket('slow-results');
  let arrives: () => void = () => undefined;
  const arriving = new Promise<void>((resolve) => (arrives = resolve));
  // A line on which each result takes two seconds to be taken.
  const line = createServer((incoming, outgoing) => {
    const isResult = incoming.method === 'PUT' && /\/out\//.test(incoming.url ?? '');
    void sleep(isResult ? 2000 : 0).then(() => {
      const { method = '', headers } = incoming;
      const onward = request(world.server.endpoint + (incoming.url ?? ''), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    if (isResult) arrives();
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  try {
    const worker = scene.startWorker(
      { SCRIPT_DOWNLOAD_URL: SCRIPT, DESTINATION: 's3://slow-results', IDLE_SECONDS: 60 },
      { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(line.address() as AddressInfo).port}` },
    );
    await scene.send(job('slow', { what: 'write', file: 'slow.csv' }));
    await arriving;
    worker.process.kill('SIGTERM');
    await worker.finished();
  } finally {
    line.closeAllConnections();
    line.close();
  }
  const results = openStore('s3://slow-results', { s3: world.server.s3 });
  expect(await recordsIn(results, 'r')).toMatchObject([{ job: 'slow', outcome: 'success' }]);
  expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
}, 120_000);
