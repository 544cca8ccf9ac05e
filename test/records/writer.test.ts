import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { recordsPrefix, tallyOfKey } from '../../lib/records/key.ts';
import { readRecords, RecordReader } from '../../lib/records/reader.ts';
import type { JobRecord } from '../../lib/records/record.ts';
import { summarize } from '../../lib/records/summary.ts';
import { RecordWriter, type RecordWriterOptions } from '../../lib/records/writer.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import type { Store } from '../../lib/store/store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { aFailure, aRecord } from '../fixtures/records.ts';
import { all, keysOf } from '../store/contract.ts';

const prefix = recordsPrefix('App', 'plate');
const writers: RecordWriter<string>[] = [];
afterEach(() => Promise.allSettled(writers.splice(0).map((writer) => writer.flush())));

async function setUp(options: Partial<RecordWriterOptions<string>> = {}) {
  const store = new FolderStore(await aFolder());
  const [heard, trouble] = [[] as string[][], [] as string[]];
  const writer = new RecordWriter<string>({
    store,
    appName: 'App',
    worker: 'worker 1',
    written: async (held) => void heard.push(held),
    onTrouble: (why) => trouble.push(why),
    longestMs: 3_600_000,
    ...options,
  });
  writers.push(writer);
  return { store, writer, heard, trouble };
}

const records = (count: number, changes: Partial<JobRecord> = {}) =>
  Array.from({ length: count }, (_, i) => aRecord({ job: `job${i}`, ...changes }));

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('ten jobs make one object, and are heard of together when it is there', async () => {
  const store = new FolderStore(await aFolder());
  const there: string[][] = [];
  const { writer, heard } = await setUp({
    store,
    written: async (held) => {
      heard.push(held);
      there.push(await keysOf(store, prefix));
    },
  });
  for (const record of records(9)) writer.add(record, record.job);
  expect(writer.waiting).toBe(9);
  expect(await keysOf(store, '')).toEqual([]);
  writer.add(aFailure({ job: 'job9' }), 'job9');
  await until(() => there.length > 0);

  expect(there).toEqual([[expect.stringMatching(/\/records\/\d{8}T\d{9}Z_worker-1_9\.1\.1\.jsonl$/)]]);
  expect(heard).toEqual([Array.from({ length: 10 }, (_, i) => `job${i}`)]);
  expect(await all(readRecords(store, 'App', 'plate'))).toEqual([...records(9), aFailure({ job: 'job9' })]);
});

test('one job alone is written after a while', async () => {
  const { store, writer, heard } = await setUp({ longestMs: 20 });
  writer.add(aRecord(), 'lease');
  await until(() => heard.length > 0);
  expect(await all(readRecords(store, 'App', 'plate'))).toEqual([aRecord()]);
});

test('flush writes what is held and waits until it was heard of', async () => {
  const { writer, heard } = await setUp();
  writer.add(aRecord(), 'lease');
  await writer.flush();
  await writer.flush();
  expect(heard).toEqual([['lease']]);
});

test('each run has its own objects; no two have one name, however fast they are written', async () => {
  const { store, writer, heard } = await setUp();
  for (const run of ['a', 'b', 'a']) writer.add(aRecord({ run }), run);
  await writer.flush();
  expect(heard).toEqual([['a', 'b', 'a']]);
  expect(await all(readRecords(store, 'App', 'a'))).toHaveLength(2);
  expect(await all(readRecords(store, 'App', 'b'))).toHaveLength(1);

  for (let i = 0; i < 30; i++) {
    writer.add(aRecord({ run: 'fast', job: `job${i}` }), 'x');
    await writer.flush();
  }
  expect(await all(readRecords(store, 'App', 'fast'))).toHaveLength(30);
});

test('what cannot be written is kept and tried again, and nobody hears of it before', async () => {
  const { store, writer, heard, trouble } = await setUp({ longestMs: 10 });
  // A file where the folder of records should be: no write can succeed.
  const inTheWay = join(store.root, 'distributed-fiji/App');
  await mkdir(join(store.root, 'distributed-fiji'));
  await writeFile(inTheWay, '');
  writer.add(aRecord({ job: 'first' }), 'first');
  await until(() => trouble.length >= 2);
  writer.add(aRecord({ job: 'second' }), 'second');
  await expect(writer.flush()).rejects.toThrow('a file and a folder have the same name there');
  expect([heard, writer.waiting]).toEqual([[], 2]);

  await rm(inTheWay);
  await until(() => heard.flat().length === 2);
  expect(heard.flat()).toEqual(['first', 'second']);
  expect((await all(readRecords(store, 'App', 'plate'))).map(({ job }) => job)).toEqual(['first', 'second']);
  expect(writer.waiting).toBe(0);
});

test('a write that did arrive although it failed is written over, not doubled', async () => {
  const folder = new FolderStore(await aFolder());
  let failures = 1;
  // As when the answer is lost on the way back.
  const store = Object.assign(Object.create(folder) as FolderStore, {
    write: async (key: string, body: string) => {
      await folder.write(key, body);
      if (failures-- > 0) throw new Error('connection reset');
    },
  });
  const { writer, heard } = await setUp({ store });
  writer.add(aRecord(), 'lease');
  await expect(writer.flush()).rejects.toThrow('connection reset');
  await writer.flush();
  expect(heard).toEqual([['lease']]);
  expect(await keysOf(folder, prefix)).toHaveLength(1);
});

test('messages that could not be deleted do not make records be written again', async () => {
  const { store, writer, trouble } = await setUp({
    longestMs: 10,
    written: async () => {
      throw new Error('queue gone');
    },
  });
  writer.add(aRecord(), 'lease');
  await until(() => trouble.length > 0);
  expect(trouble).toEqual(['queue gone']);
  expect(writer.waiting).toBe(0);
  expect(await all(readRecords(store, 'App', 'plate'))).toHaveLength(1);
});

describe('in a folder, where many small files are in the way', () => {
  const writtenBy = async (writer: RecordWriter<string>, ...jobs: readonly string[]) => {
    for (const job of jobs) {
      writer.add(job.startsWith('bad') ? aFailure({ job }) : aRecord({ job }), job);
      await writer.flush();
    }
  };
  const jobs = (count: number) => Array.from({ length: count }, (_, i) => `job${i}`);

  test('long jobs, written one by one, make one file for each hundred; its name counts all that are in it', async () => {
    const { store, writer } = await setUp();
    await writtenBy(writer, ...jobs(149), 'bad');
    const keys = await keysOf(store, prefix);
    expect(keys.map((key) => tallyOfKey(key))).toEqual([
      { done: 100, failed: 0, dead: 0 },
      { done: 49, failed: 1, dead: 1 },
    ]);
    expect((await all(readRecords(store, 'App', 'plate'))).map(({ job }) => job)).toEqual([
      ...jobs(149),
      'bad',
    ]);
  });

  test('a worker that was killed between the larger file and the smaller leaves both, and jobs count once', async () => {
    const { store, writer } = await setUp();
    store.remove = async () => Promise.reject(new Error('killed'));
    writer.add(aRecord({ job: 'stopped', outcome: 'interrupted', final: false }), 'x');
    await writtenBy(writer, 'a', 'b');
    expect((await keysOf(store, prefix)).length).toBe(2);
    const summary = await summarize(readRecords(store, 'App', 'plate'));
    expect([summary.done, summary.interruptions]).toEqual([2, 1]);
  });

  test('who reads meanwhile misses nothing: a file that gave way is looked for in its successor', async () => {
    const { store, writer } = await setUp();
    await writtenBy(writer, 'a');
    const read = store.read.bind(store);
    let late = true;
    store.read = async (key) => {
      // Listed, but gone when it is read.
      if (late) await writtenBy(writer, 'b');
      late = false;
      return read(key);
    };
    const reader = new RecordReader(store, 'App', 'plate');
    expect((await all(reader.newRecords())).map(({ job }) => job)).toEqual(['a', 'b']);
    expect(reader.skipped).toBe(0);
  });

  test('a bucket keeps every object: what counts jobs by their names would count them twice', async () => {
    const folder = Object.assign(new FolderStore(await aFolder()), { remove: undefined });
    const { writer } = await setUp({ store: folder as unknown as Store });
    await writtenBy(writer, 'a', 'b');
    expect(await keysOf(folder, prefix)).toHaveLength(2);
  });
});
