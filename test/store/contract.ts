/** What every store promises: the same tests for a folder and for a bucket. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { StoreError } from '../../lib/store/store-error.ts';
import type { Store } from '../../lib/store/store.ts';
import { aFolder } from '../fixtures/folder.ts';

/** Keys that people have: spaces, quotes, accents, shell characters, names that sort differently as folders. */
export const KEYS = [
  'plates/A-1/x.tif',
  'plates/A/Plaque é 1_A01.tif',
  'plates/A/it\'s $HOME & "more".tif',
  'plates/A/細胞.tif',
  'plates/A.tif',
  'plates/A0.tif',
  'plates/B/deep/er/y.tif',
];

/** S3 lists by the bytes of the key. */
export const inOrder = (keys: readonly string[]): string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const listed: T[] = [];
  for await (const item of items) listed.push(item);
  return listed;
}

export async function keysOf(store: Store, prefix: string, startAfter?: string): Promise<string[]> {
  const listed = await all(store.list(prefix, startAfter === undefined ? {} : { startAfter }));
  return listed.map(({ key }) => key);
}

export async function aFile(content: string | Uint8Array): Promise<string> {
  const path = join(await aFolder(), 'out put.bin');
  await writeFile(path, content);
  return path;
}

/** @param sorts false for a server that does not list in S3's order (fauxqs sorts as a dictionary does) */
export function storeContract(open: () => Promise<Store>, { sorts = true } = {}): void {
  test('what is written is read back, listed and found', async () => {
    const store = await open();
    for (const key of KEYS) await store.write(key, `content of ${key}`);

    for (const key of KEYS) {
      expect(await text(await store.read(key))).toBe(`content of ${key}`);
      expect(await store.head(key)).toEqual({ key, bytes: Buffer.byteLength(`content of ${key}`) });
    }
    expect(await all(store.list('plates/A0'))).toEqual([{ key: 'plates/A0.tif', bytes: 24 }]);
  });

  (sorts ? test : test.skip)(
    'a listing is in key order, begins with any start of a key, and after any key',
    async () => {
      const store = await open();
      for (const key of KEYS) await store.write(key, '');

      expect(await keysOf(store, '')).toEqual(inOrder(KEYS));
      for (const prefix of [
        'plates/',
        'plates/A',
        'plates/A/',
        'plates/A/P',
        'plates/B/deep/e',
        'nothing',
        'plates/A.tif',
      ]) {
        expect(await keysOf(store, prefix)).toEqual(inOrder(KEYS.filter((key) => key.startsWith(prefix))));
      }
      for (const after of [
        'a',
        'plates/A',
        'plates/A/',
        'plates/A/Plaque é 1_A01.tif',
        'plates/A0',
        'plates/B/deep/f',
        'z',
      ]) {
        const later = KEYS.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
        expect(await keysOf(store, '', after)).toEqual(inOrder(later));
        expect(await keysOf(store, 'plates/A', after)).toEqual(
          inOrder(later.filter((key) => key.startsWith('plates/A'))),
        );
      }
    },
  );

  test('what is not there is undefined to look at, and an error that says where to read', async () => {
    const store = await open();
    const target = join(await aFolder(), 'copy');

    expect(await store.head('no/such file.tif')).toBeUndefined();
    for (const reading of [
      () => store.read('no/such file.tif'),
      () => store.download('no/such file.tif', target),
    ]) {
      const error = await reading().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({
        trouble: 'missing',
        key: 'no/such file.tif',
        fix: expect.stringContaining('Check'),
      });
      expect((error as Error).message).toBe(
        `Reading ${store.describe('no/such file.tif')} failed: it does not exist`,
      );
    }
  });

  test('a download is the object, byte for byte', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
    await store.write('in/image.tif', bytes);
    const target = join(await aFolder(), 'got it.tif');

    expect(await store.download('in/image.tif', target)).toBe(bytes.length);
    expect(Buffer.compare(await readFile(target), bytes)).toBe(0);
  });

  test('an output is put, and put again by the same job', async () => {
    const store = await open();
    const owner = { run: 'run é', job: 'a1' };

    expect(await store.put('out/é.csv', await aFile('one'), owner)).toEqual({ kind: 'written' });
    expect(await store.put('out/é.csv', await aFile('two'), owner)).toEqual({ kind: 'written' });
    expect(await text(await store.read('out/é.csv'))).toBe('two');
  });
}

/** The promises that need a server which knows conditional puts. */
export function ownershipContract(open: () => Promise<Store>): void {
  const run = 'run é';

  test('a file of another job of this run is never replaced', async () => {
    const store = await open();
    await store.put('out/a.csv', await aFile('first'), { run, job: 'a1' });

    expect(await store.put('out/a.csv', await aFile('second'), { run, job: 'b2' })).toEqual({
      kind: 'collision',
      owner: 'a1',
    });
    expect(await text(await store.read('out/a.csv'))).toBe('first');
  });

  test('a file of another run, or of nobody, is replaced', async () => {
    const store = await open();
    await store.write('out/nobodys.csv', 'old');
    await store.put('out/other run.csv', await aFile('old'), { run: 'before', job: 'a1' });

    for (const key of ['out/nobodys.csv', 'out/other run.csv']) {
      expect(await store.put(key, await aFile('new'), { run, job: 'b2' })).toEqual({ kind: 'written' });
      expect(await text(await store.read(key))).toBe('new');
      expect(await store.put(key, await aFile('third'), { run, job: 'c3' })).toEqual({
        kind: 'collision',
        owner: 'b2',
      });
    }
  });

  test('a file of nobody is spared where the owner wants it, a job’s of any run is replaced there, too', async () => {
    const store = await open();
    await store.write('in/image.tif', 'pixels');
    await store.put('in/other run.csv', await aFile('old'), { run: 'before', job: 'a1' });
    const owner = { run, job: 'b2', sparesForeign: true };

    expect(await store.put('in/image.tif', await aFile('new'), owner)).toEqual({ kind: 'foreign' });
    expect(await text(await store.read('in/image.tif'))).toBe('pixels');
    for (const key of ['in/other run.csv', 'in/new.csv', 'in/new.csv'])
      expect(await store.put(key, await aFile('new'), owner)).toEqual({ kind: 'written' });
  });

  test('of many jobs that put one key at once, exactly one wins and its file is there', async () => {
    const store = await open();
    for (let round = 0; round < 5; round++) {
      const key = `out/round ${round}.csv`;
      if (round % 2 === 1) await store.write(key, 'from before');
      const jobs = Array.from({ length: 8 }, (_, i) => `job${i}`);
      const results = await Promise.all(
        jobs.map(async (job) => ({ job, result: await store.put(key, await aFile(job), { run, job }) })),
      );

      const winners = results.filter(({ result }) => result.kind === 'written').map(({ job }) => job);
      expect(winners).toHaveLength(1);
      expect(await text(await store.read(key))).toBe(winners[0]);
      for (const { job, result } of results) {
        if (job !== winners[0]) expect(result).toEqual({ kind: 'collision', owner: winners[0] });
      }
    }
  });
}
