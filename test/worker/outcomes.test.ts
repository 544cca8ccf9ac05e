/** Every way a job can end, each made to happen for real. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobRecord } from '../../lib/records/record.ts';
import { message } from '../../lib/jobs/message.ts';
import { jobId } from '../../lib/jobs/job-id.ts';
import { fill } from './temporary.ts';
import { openWorld, type Scene, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

/** A job of run `r` that is named by what it does. */
function job(name: string, Metadata: Record<string, string | number>, more: object = {}) {
  return { run: 'r', job: name, Metadata, output_file_location: 'out/', shared_metadata: {}, ...more };
}

describe('one worker and a job of each kind', () => {
  let scene: Scene;
  let records: Map<string, JobRecord>;
  let dead: Awaited<ReturnType<Scene['deadLetters']>>;
  const ancestor = {
    Metadata: { what: 'write', file: 'Plate 1/A1 ü.csv' },
    output_file_location: '/projects/output',
    shared_metadata: { unused: '1024' },
  };

  beforeAll(async () => {
    scene = await world.scene();
    await fill(scene.source, { "in put/a's ü.tif": 'pixels' });
    await scene.send(
      job('first', { what: 'copy', file: 'sub/a.tif', image: "/home/ubuntu/bucket/in put/a's ü.tif" }),
      job('second', { what: 'write', file: 'b.csv' }),
      job('clash', { what: 'write', file: 'b.csv' }),
      ancestor,
      job('lost', { what: 'copy', file: 'c.tif', image: '/home/ubuntu/bucket/none.tif' }),
      job('lazy', { what: 'nothing' }),
      job('astray', { what: 'astray' }),
      job('tiny', { what: 'write', file: 'tiny.csv', bytes: 3 }),
      job('wrong', { what: 'throw' }),
      job('greedy', { what: 'memory' }),
      'not json',
      JSON.stringify({ run: 'r', job: 'half', Metadata: {} }),
    );
    const worker = scene.startWorker({
      SCRIPT_DOWNLOAD_URL: SCRIPT,
      MIN_FILE_SIZE_BYTES: 4,
      JOB_RETRIES: 1,
      MEMORY: 640,
      DOCKERHUB_TAG: 'fiji/fiji:latest',
    });
    await worker.finished();
    const all = [...(await scene.records()), ...(await scene.records('default'))];
    records = new Map(all.map((each) => [each.job, each]));
    dead = await scene.deadLetters();
  }, 300_000);

  test.each<[string, string, RegExp]>([
    ['first', 'success', /^$/],
    ['second', 'success', /^$/],
    ['clash', 'output collision', /out\/b\.csv was already written by job second/],
    ['lost', 'input missing', /image: there is no .*none\.tif/],
    ['lazy', 'missing outputs', /0 of 1 expected files .*output folder is empty/],
    ['astray', 'missing outputs', /output folder is empty\. out\.csv was left beside it .*output_directory/],
    ['tiny', 'missing outputs', /0 of 1 expected files \(at least 4 bytes\); there: tiny\.csv \(3 bytes\)/],
    ['wrong', 'script error', /no nuclei in 'A01' for \$5.*behave\.groovy/],
    ['greedy', 'out of memory', /128 MiB.*MEMORY/],
    ['half', 'bad message', /output_file_location/],
  ])('%s: %s', (name, outcome, reason) => {
    expect(records.get(name)).toMatchObject({
      outcome,
      reason: expect.stringMatching(reason),
      final: true,
      attempt: 1,
    });
  });

  test('a bare message of the ancestor is a job, named by its group', async () => {
    expect(records.get(jobId(ancestor.Metadata))).toMatchObject({ outcome: 'success', run: 'default' });
    expect(await readFile(join(scene.destination, 'projects/output/Plate 1/A1 ü.csv'), 'utf8')).toBe(
      'done ü',
    );
  });

  test('a message that is no JSON is refused', () => {
    expect([...records.values()]).toContainEqual(
      expect.objectContaining({ outcome: 'bad message', reason: expect.stringMatching(/not JSON/) }),
    );
  });

  test('the queue is empty, and each failure is in the dead-letter queue with its reason', async () => {
    expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
    const failures = [...records.values()].filter(({ outcome }) => outcome !== 'success');
    expect(dead.map(({ outcome }) => outcome).sort()).toEqual(failures.map(({ outcome }) => outcome).sort());
    expect(dead.find(({ outcome }) => outcome === 'script error')).toMatchObject({
      reason: expect.stringMatching(/no nuclei/),
      body: expect.stringMatching(/"history":\{"failures":\[\{"outcome":"script error"/),
    });
    expect(dead).toContainEqual(expect.objectContaining({ body: 'not json', outcome: 'bad message' }));
  });

  test('outputs of successes are there, with size and checksum; nothing of failures is', async () => {
    expect((await readdir(join(scene.destination, 'out'), { recursive: true })).sort()).toEqual([
      'b.csv',
      'sub',
      'sub/a.tif',
    ]);
    expect(await readFile(join(scene.destination, 'out/sub/a.tif'), 'utf8')).toBe('pixels');
    expect(records.get('first')?.outputs).toEqual([
      { key: 'out/sub/a.tif', bytes: 6, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(records.get('tiny')?.outputs).toEqual([]);
  });

  test('a record tells what was given, by whom, how long and how much', () => {
    expect(records.get('first')).toMatchObject({
      parameters: { what: 'copy', image: "/home/ubuntu/bucket/in put/a's ü.tif" },
      inputs: [{ key: "in put/a's ü.tif", bytes: 6 }],
      image: 'fiji/fiji:latest',
      script: { source: SCRIPT, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      phases: { wait: expect.any(Number), inputs: expect.any(Number), fiji: expect.any(Number) },
      peak_memory_bytes: expect.any(Number),
      peak_disk_bytes: expect.any(Number),
    });
    expect(records.get('lost')?.phases.fiji).toBeUndefined();
  });

  test('the log beside it has what the script printed and how it ended', async () => {
    const log = async (name: string) =>
      readFile(join(scene.destination, records.get(name)?.log ?? ''), 'utf8');

    expect(await log('second')).toMatch(/Job second of run r, attempt 1[^]*did: write[^]*\nsuccess\n$/);
    expect(await log('wrong')).toMatch(/script error: .*no nuclei/);
    expect(await log('lost')).toMatch(/input missing: image: there is no/);
  });

  test('scratch is empty again', async () => {
    expect(await readdir(scene.scratch)).toEqual([]);
  });
});

describe('a job that fails again', () => {
  test('is tried JOB_RETRIES times, after a pause, and takes every reason with it', async () => {
    const scene = await world.scene();
    await scene.send(job('slow', { what: 'sleep' }));
    const worker = scene.startWorker({
      SCRIPT_DOWNLOAD_URL: SCRIPT,
      JOB_RETRIES: 2,
      RETRY_DELAY_SECONDS: 1,
      IDLE_SECONDS: 10,
      JOB_TIMEOUT_MINUTES: 0.5 / 60,
    });
    await worker.finished();

    const records = await scene.records();
    expect(records).toMatchObject([
      { outcome: 'timeout', attempt: 1, final: false, reason: expect.stringMatching(/JOB_TIMEOUT_MINUTES/) },
      { outcome: 'timeout', attempt: 2, final: true, history: { failures: [{ outcome: 'timeout' }] } },
    ]);
    const [dead] = await scene.deadLetters();
    expect(message.parse(JSON.parse(dead?.body ?? ''))).toMatchObject({
      job: 'slow',
      history: {
        interruptions: 0,
        failures: [{ outcome: 'timeout' }, { outcome: 'timeout', worker: expect.any(String) }],
      },
    });
    expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
  });
});

describe('a message that came twice', () => {
  test('is done twice, harmlessly: the files are replaced, and it counts as one job', async () => {
    const scene = await world.scene();
    await scene.send(...[1, 2].map(() => job('twin', { what: 'write', file: 'a.csv' })));
    await scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT }).finished();

    expect((await scene.records()).map(({ job, outcome }) => [job, outcome])).toEqual([
      ['twin', 'success'],
      ['twin', 'success'],
    ]);
    expect(await readdir(join(scene.destination, 'out'))).toEqual(['a.csv']);
    expect(await scene.deadLetters()).toEqual([]);
    // Both are attempt 1, as with a job that a later command sends: each keeps its log.
    const logs = (await scene.records()).map(({ log = '' }) => log);
    expect(new Set(logs).size).toBe(2);
    for (const log of logs) expect(await readFile(join(scene.destination, log), 'utf8')).toMatch(/success/);
  });
});

describe('a script that does not arrive', () => {
  test('ends the worker before it takes a job', async () => {
    const scene = await world.scene();
    await scene.send(job('one', { what: 'write' }));
    const worker = scene.startWorker({ SCRIPT_DOWNLOAD_URL: '/no/such/script.py' });

    expect(await worker.exited).toBe(1);
    expect(worker.printed.join('\n')).toMatch(/\/no\/such\/script\.py could not be fetched[^]*Fix: /);
    expect(await scene.counts()).toMatchObject({ waiting: 1, leased: 0 });
    expect((await scene.receive())[0]?.history).toBeUndefined();
  });
});

describe('a bucket that is not mounted', () => {
  test('sends the job back uncounted and ends the worker: another machine’s mount works', async () => {
    const scene = await world.scene();
    await scene.send(job('one', { what: 'copy', file: 'a.tif', image: '/home/ubuntu/bucket/a.tif' }));
    const worker = scene.startWorker({
      SCRIPT_DOWNLOAD_URL: SCRIPT,
      INPUT_MODE: 'mount',
      SOURCE: 's3://images',
      MOUNT_PATH: scene.source,
    });

    expect(await worker.exited).toBe(1);
    expect(worker.printed.join('\n')).toMatch(/The bucket is not mounted at .*nothing is mounted there/);
    expect(await scene.receive()).toMatchObject([
      { job: 'one', history: { failures: [], interruptions: 1 } },
    ]);
  });
});
