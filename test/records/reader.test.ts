import { expect, test } from '@jest/globals';
import { NOTHING, recordsKey, timeOfKey } from '../../lib/records/key.ts';
import { RecordReader } from '../../lib/records/reader.ts';
import { speaksFor, stateOf, summarize } from '../../lib/records/summary.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { aFailure, aRecord } from '../fixtures/records.ts';
import { all } from '../store/contract.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 17) + seconds * 1000);
const keyAt = (seconds: number, worker = 'w') => recordsKey('App', 'plate', at(seconds), worker, NOTHING);
const lineOf = (job: string) => `${JSON.stringify(aRecord({ job }))}\n`;

/** A store that counts what is asked of it. */
class CountingStore extends FolderStore {
  reads = 0;
  listed = 0;

  override async read(key: string) {
    this.reads += 1;
    return super.read(key);
  }

  override async *list(prefix: string, options: { readonly startAfter?: string } = {}) {
    for await (const object of super.list(prefix, options)) {
      this.listed += 1;
      yield object;
    }
  }
}

async function setUp() {
  const store = new CountingStore(await aFolder());
  const reader = new RecordReader(store, 'App', 'plate');
  const newJobs = async () => (await all(reader.newRecords())).map(({ job }) => job);
  return { store, reader, newJobs };
}

test('gives each record once, those that come behind the newest too', async () => {
  const { store, newJobs } = await setUp();
  expect(await newJobs()).toEqual([]);
  await store.write(keyAt(0), lineOf('a') + lineOf('b'));
  await store.write(keyAt(100), lineOf('c'));
  expect(await newJobs()).toEqual(['a', 'b', 'c']);
  expect(await newJobs()).toEqual([]);

  // Another worker, whose clock is slow or whose write was repeated.
  await store.write(keyAt(60, 'late'), lineOf('d'));
  await store.write(keyAt(101), lineOf('e'));
  expect(await newJobs()).toEqual(['d', 'e']);
  expect(store.reads).toBe(4);
});

test('a body that breaks off is read again, and told as what it is when it never comes whole', async () => {
  const { store, newJobs } = await setUp();
  await store.write(keyAt(0), lineOf('a'));
  const whole = store.read.bind(store);
  let broken = 1;
  store.read = async (key) => {
    const body = await whole(key);
    if (broken-- > 0) body.once('data', () => body.destroy(new TypeError('aborted')));
    return body;
  };
  expect(await newJobs()).toEqual(['a']);

  await store.write(keyAt(1), lineOf('b'));
  broken = 99;
  await expect(newJobs()).rejects.toThrow(/Reading .*jsonl broke off 4 times: aborted/);
}, 30_000);

test('lists only what is new, and what may still turn up', async () => {
  const { store, newJobs } = await setUp();
  for (let hour = 0; hour < 10; hour++) await store.write(keyAt(hour * 3600), lineOf(`job${hour}`));
  expect(await newJobs()).toHaveLength(10);
  store.listed = 0;
  await store.write(keyAt(10 * 3600), lineOf('new'));
  expect(await newJobs()).toEqual(['new']);
  expect(store.listed).toBe(2);
});

test('what cannot be understood is counted and left out, never fatal', async () => {
  const { store, reader, newJobs } = await setUp();
  const newer = JSON.stringify({ ...aRecord(), schema: 2 });
  await store.write(
    keyAt(0),
    `${lineOf('a')}not json\n{"schema":1}\n${newer}\n${lineOf('b')}${lineOf('half').slice(0, 40)}`,
  );
  await store.write(`${keyAt(1).replace(/[^/]*$/, '')}.DS_Store`, 'x');
  expect(await newJobs()).toEqual(['a', 'b']);
  expect(reader.skipped).toBe(4);
});

test('a store that fails hides nothing: the next call goes on', async () => {
  const { store, newJobs } = await setUp();
  for (const i of [0, 1, 2]) await store.write(keyAt(i), lineOf(`job${i}`));
  const read = store.read.bind(store);
  store.read = async (key) => (key === keyAt(1) ? Promise.reject(new Error('no network')) : read(key));
  await expect(newJobs()).rejects.toThrow('no network');
  store.read = read;
  expect(await newJobs()).toEqual(['job1', 'job2']);
});

test('a key says its time', () => {
  expect(timeOfKey(keyAt(1.234))).toEqual(at(1.234));
  expect(timeOfKey('distributed-fiji/App/plate/monitor.json')).toBeUndefined();
});

test('of many records of a job a success counts once, else the latest speaks', async () => {
  const retry = aFailure({ job: 'a', final: false, ended: '2026-11-22T17:00:01.000Z' });
  const later = (second: number) => `2026-11-22T17:00:0${second}.000Z`;
  const summary = await summarize([
    retry,
    aRecord({ job: 'a', attempt: 2, ended: later(2) }),
    aRecord({ job: 'a', attempt: 2, ended: later(3) }),
    aFailure({ job: 'a', attempt: 3, ended: later(4) }),
    aFailure({ job: 'b', reason: 'last', attempt: 2, ended: later(5) }),
    aFailure({ job: 'b', reason: 'first', final: false, ended: later(1) }),
    aRecord({ job: 'c', outcome: 'interrupted', final: false }),
    aRecord({ job: 'd', outcome: 'interrupted', final: false }),
    aRecord({ job: 'd' }),
  ]);
  expect(summary.done).toBe(2);
  expect(summary.failed).toEqual([expect.objectContaining({ job: 'b', reason: 'last' })]);
  expect(summary.unfinished).toEqual([expect.objectContaining({ job: 'c' })]);
  expect(summary.interruptions).toBe(2);
  expect(['a', 'b', 'c', 'd', 'e'].map((job) => summary.stateOf(job))).toEqual([
    'done',
    'failed',
    'unfinished',
    'done',
    undefined,
  ]);
  expect(stateOf(retry)).toBe('unfinished');
  expect(speaksFor(retry, aRecord({ ended: later(0) }))).toMatchObject({ outcome: 'success' });
});
