/** A job that cannot be done ends with its reason: it ends no worker, and never goes round for ever. */
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JobRecord } from '../../lib/records/record.ts';
import { fill } from './temporary.ts';
import { openWorld, type Scene, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

const job = (name: string, Metadata: Record<string, string>, more: object = {}) => ({
  run: 'r',
  job: name,
  Metadata,
  output_file_location: 'out/',
  shared_metadata: {},
  ...more,
});

describe('one worker, and jobs of which most cannot be done', () => {
  let scene: Scene;
  let records: Map<string, JobRecord>;

  beforeAll(async () => {
    scene = await world.scene();
    await fill(scene.source, { 'precious/a.tif': 'pixels', 'out.txt': 'theirs' });
    const bucket = '/home/ubuntu/bucket';
    await scene.send(
      job('no-bucket', { what: 'copy', image: 's3://no-such-bucket-typo/x.tif' }),
      job('long-name', { what: 'copy', image: `${bucket}/${'a'.repeat(300)}.tif` }),
      job('odd-name', { what: 'copy', image: `${bucket}/a\0b.tif` }),
      job('a-file', { what: 'write', file: 'x' }),
      job('a-folder', { what: 'write', file: 'x/A2.txt' }),
      job('odd-output', { what: 'shell', image: "printf x > $'bad\\xff.txt'; printf y > fine.txt" }),
      job('link', {
        what: 'shell',
        image: 'cd .. && rm -r output && ln -s "$0" output',
        file: join(scene.source, 'precious'),
      }),
      job('fine', { what: 'write', file: 'last.txt' }),
    );
    await scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, JOB_RETRIES: 1, JOBS_PER_FIJI: 50 }).finished();
    records = new Map((await scene.records()).map((each) => [each.job, each]));
  }, 300_000);

  test.each<[string, string, RegExp]>([
    ['no-bucket', 'input missing', /image: there is no bucket "no-such-bucket-typo"/],
    ['long-name', 'input missing', /image: .*the name is too long for this disk/],
    ['odd-name', 'input missing', /image: .*no file can have that name/],
    ['a-file', 'success', /^$/],
    ['a-folder', 'output collision', /a file and a folder have the same name there\. /],
    ['odd-output', 'success', /^$/],
    ['link', 'missing outputs', /its output folder is empty/],
    ['fine', 'success', /^$/],
  ])('%s: %s', (name, outcome, reason) => {
    expect(records.get(name)).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
  });

  test('what a link leads to is not moved away, and a file without a usable name is told in the log', async () => {
    expect(await readdir(join(scene.source, 'precious'))).toEqual(['a.tif']);
    expect(records.get('odd-output')?.outputs.map(({ key }) => key)).toEqual(['out/fine.txt']);
  });
});

test('a job over which worker after worker has to leave is laid aside with what the last one said', async () => {
  const scene = await world.scene();
  // Nobody can say that this is the job's fault, and every worker that meets it gives up.
  const elsewhere = createServer((_, response) =>
    response
      .writeHead(301)
      .end('<Error><Code>PermanentRedirect</Code><Message>another endpoint</Message></Error>'),
  );
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const start = () =>
    scene.startWorker(
      { SCRIPT_DOWNLOAD_URL: SCRIPT, JOB_RETRIES: 1, IDLE_SECONDS: 1 },
      { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
    );
  try {
    await scene.send(job('endless', { what: 'copy', image: 's3://images-elsewhere/a.tif' }));
    for (const worker of [1, 2]) expect([worker, await start().exited]).toEqual([worker, 1]);
    expect(await scene.deadLetters()).toEqual([]);

    await start().finished();
  } finally {
    elsewhere.close();
  }
  expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
  const [dead] = await scene.deadLetters();
  expect(dead).toMatchObject({
    outcome: 'worker lost',
    reason: expect.stringMatching(/2 workers had to leave over this job: .* bucket is in another region/),
  });
}, 180_000);

test('an image is never replaced by a result, where both are in one folder; the job’s own results are', async () => {
  const scene = await world.scene();
  await fill(scene.source, { 'plate/a.tif': 'pixels', 'b.tif': 'more' });
  const bucket = '/home/ubuntu/bucket';
  const shared = { output_file_location: 'plate/' };
  const jobs = [
    job('over-an-image', { what: 'write', file: 'a.tif', image: `${bucket}/plate/a.tif` }, shared),
    job(
      'over-one-of-a-folder',
      { what: 'write', file: 'b.tif', image: bucket },
      { output_file_location: '' },
    ),
    job('beside-it', { what: 'write', file: 'a.csv', image: `${bucket}/plate` }, shared),
  ];
  const settings = {
    SCRIPT_DOWNLOAD_URL: SCRIPT,
    JOB_RETRIES: 1,
    DESTINATION: scene.source,
    JOBS_PER_FIJI: 9,
  };
  for (const time of [1, 2]) {
    await scene.send(...jobs);
    await scene.startWorker(settings).finished();
    const records = await scene.records('r', scene.source);
    expect([
      time,
      records
        .slice(-3)
        .map(({ outcome }) => outcome)
        .sort(),
    ]).toEqual([time, ['output collision', 'output collision', 'success']]);
    expect(records[0]?.reason).toMatch(/plate\/a\.tif is there already, among the images that the job read/);
  }
  expect(await readFile(join(scene.source, 'plate/a.tif'), 'utf8')).toBe('pixels');
  expect(await readFile(join(scene.source, 'b.tif'), 'utf8')).toBe('more');
}, 180_000);
