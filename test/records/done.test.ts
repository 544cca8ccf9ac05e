import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { alreadyDone, type AskedJob } from '../../lib/records/done.ts';
import { NOTHING, recordsKey } from '../../lib/records/key.ts';
import type { JobRecord } from '../../lib/records/record.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { aFailure, aRecord } from '../fixtures/records.ts';

const SCRIPT = 'ab'.repeat(32);
let objects = 0;

const asked = (job: string, changes: Partial<AskedJob> = {}): AskedJob => ({
  job,
  Metadata: { Well: job },
  shared_metadata: { sigma: 2, note: "é it's" },
  output_file_location: `results/${job}/`,
  ...changes,
});

/** The record of a success with two outputs, which are there. */
async function succeed(
  store: FolderStore,
  job: string,
  changes: Partial<JobRecord> = {},
): Promise<JobRecord> {
  const outputs = ['nuclei é.csv', 'mask.tif'].map((name) => ({
    key: `results/${job}/${name}`,
    bytes: name.length,
  }));
  for (const { key } of outputs)
    await store.write(key, key.slice(`results/${job}/`.length).replace('é', 'e'));
  const record = aRecord({
    job,
    group: { Well: job },
    parameters: { Well: job, note: "é it's", sigma: 2 },
    output_file_location: `results/${job}/`,
    outputs,
    ...changes,
  });
  await keep(store, record);
  return record;
}

async function keep(store: FolderStore, ...records: JobRecord[]): Promise<void> {
  const key = recordsKey('App', 'plate', new Date(Date.UTC(2026, 1, 1) + objects++ * 1000), 'w', NOTHING);
  await store.write(key, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

const doneIn = (store: FolderStore, scriptSha256 = SCRIPT) =>
  alreadyDone({ store, appName: 'App', run: 'plate', scriptSha256 });

test('a job that succeeded and whose outputs are there is done; in whatever order its parameters are written', async () => {
  const store = new FolderStore(await aFolder());
  await succeed(store, 'A01');
  const done = await doneIn(store);
  expect(done.size).toBe(1);
  expect(done.has(asked('A01'))).toBe(true);
  expect(done.has(asked('A02'))).toBe(false);
  // A bare message of the ancestor does not say which job it is.
  expect(done.has({ ...asked('A01'), job: undefined })).toBe(false);
});

test('a job is not done with other parameters, for another place, or with another script', async () => {
  const store = new FolderStore(await aFolder());
  await succeed(store, 'A01');
  const done = await doneIn(store);
  expect(done.has(asked('A01', { shared_metadata: { sigma: 3, note: "é it's" } }))).toBe(false);
  expect(done.has(asked('A01', { shared_metadata: { sigma: '2', note: "é it's" } }))).toBe(false);
  expect(done.has(asked('A01', { output_file_location: 'elsewhere/' }))).toBe(false);
  expect((await doneIn(store, 'cd'.repeat(32))).size).toBe(0);
});

test('a job whose output is gone, or has another size, is not done', async () => {
  const store = new FolderStore(await aFolder());
  for (const job of ['A01', 'A02', 'A03']) await succeed(store, job);
  await rm(store.describe('results/A01/mask.tif'));
  await writeFile(store.describe('results/A02/mask.tif'), 'cut');
  const done = await doneIn(store);
  expect(['A01', 'A02', 'A03'].map((job) => done.has(asked(job)))).toEqual([false, false, true]);
});

test('a failure is not done; a failure before or after a success does not undo it', async () => {
  const store = new FolderStore(await aFolder());
  await keep(store, aFailure({ job: 'A01', group: { Well: 'A01' } }), aFailure({ job: 'A02', final: false }));
  await succeed(store, 'A02');
  await keep(store, aFailure({ job: 'A02' }));
  const done = await doneIn(store);
  expect([done.has(asked('A01')), done.has(asked('A02'))]).toEqual([false, true]);
});

test('a line that is no record makes no job done', async () => {
  const store = new FolderStore(await aFolder());
  const record = await succeed(store, 'A01');
  const key = recordsKey('App', 'plate', new Date(Date.UTC(2026, 2, 1)), 'w', NOTHING);
  const wrong = [
    { ...record, job: 'A02', schema: 2 },
    { ...record, job: 'A02', outputs: 'all' },
    { ...record, job: 'A02', parameters: { Well: ['A02'] } },
    { ...record, job: 'A02', outputs: [{ key: 'results/A01/mask.tif', bytes: -8 }] },
  ];
  const torn = JSON.stringify({ ...record, job: 'A02' }).slice(0, -20);
  await store.write(key, `${wrong.map((line) => `${JSON.stringify(line)}\n`).join('')}${torn}`);
  expect((await doneIn(store)).size).toBe(1);
});

test('says how many records it has read', async () => {
  const store = new FolderStore(await aFolder());
  await keep(store, ...Array.from({ length: 2_500 }, (_, i) => aFailure({ job: `job${i}` })));
  const told: number[] = [];
  const names = { appName: 'App', run: 'plate', scriptSha256: SCRIPT };
  await alreadyDone({ store, ...names, onProgress: (read) => told.push(read) });
  expect(told).toEqual([1_000, 2_000]);
});

test('a job without outputs is done when it succeeded', async () => {
  const store = new FolderStore(await aFolder());
  await succeed(store, 'A01', { outputs: [] });
  expect((await doneIn(store)).has(asked('A01'))).toBe(true);
});

/** Outputs among so many other files that a listing of everything would be a waste: it must not miss any of them. */
test('outputs are found among strangers, in many folders, at the top, and below one another', async () => {
  const store = new FolderStore(await aFolder());
  const jobs = ['A01', 'B01', 'H12'];
  for (const job of jobs) await succeed(store, job);
  for (const folder of ['images', 'results/A01/raw', 'results/C', 'zzz']) {
    for (let i = 0; i < 2_500; i += 250) {
      const names = Array.from({ length: 250 }, (_, k) => `${folder}/${String(i + k).padStart(5, '0')}.tif`);
      await Promise.all(names.map((name) => store.write(name, '')));
    }
  }
  let listed = 0;
  const counting = Object.assign(Object.create(store) as FolderStore, {
    list: async function* (prefix: string, options: { startAfter?: string }) {
      for await (const object of store.list(prefix, options)) {
        listed += 1;
        yield object;
      }
    },
  });
  const done = await doneIn(counting);
  expect(jobs.map((job) => done.has(asked(job)))).toEqual([true, true, true]);
  // The 2,500 raw images lie below a folder of outputs and are looked through; of the other strangers some are, not all.
  expect(listed).toBeLessThan(8_000);

  await succeed(store, 'top', { outputs: [{ key: 'at the top.csv', bytes: 3 }] });
  await store.write('at the top.csv', 'abc');
  expect((await doneIn(store)).has(asked('top'))).toBe(true);
}, 240_000);
