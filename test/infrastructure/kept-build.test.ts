/** A build is used again only while it is that of these very sources, and whole. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keptBuild, sourcesDigest } from '../../lib/infrastructure/kept-build.ts';
import { aFolder } from '../fixtures/folder.ts';

describe('a kept build', () => {
  let kept: string;
  let builds: string[];
  beforeEach(async () => {
    kept = await aFolder();
    builds = [];
  });

  /** @param digest hex, as a real one is */
  const build =
    (digest: string) =>
    async (folder: string): Promise<{ digest: string }> => {
      builds.push(digest);
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', 'worker.mjs'), `contents ${digest}`);
      return { digest };
    };
  const contents = (folder: string): Promise<string> => readFile(join(folder, 'deep', 'worker.mjs'), 'utf8');

  test('given the same sources, then it is built once', async () => {
    const first = await keptBuild('worker', 'sources 1', build('aa'), kept);
    expect(await keptBuild('worker', 'sources 1', build('bb'), kept)).toEqual(first);
    expect(builds).toEqual(['aa']);
    expect(await contents(first.folder)).toBe('contents aa');
    expect(await readdir(kept)).toEqual([`worker-${first.digest}`, 'worker.json']);
  });

  test('given other sources, then it is built again, and what nobody needs any more is gone', async () => {
    const first = await keptBuild('worker', 'sources 1', build('aa'), kept);
    await keptBuild('monitor', 'sources 1', build('cc'), kept);
    const second = await keptBuild('worker', 'sources 2', build('bb'), kept);
    expect(await contents(second.folder)).toBe('contents bb');
    expect(existsSync(first.folder)).toBe(false);
    expect((await readdir(kept)).filter((name) => name.startsWith('monitor'))).toHaveLength(2);

    expect(await contents((await keptBuild('worker', 'sources 1', build('aa'), kept)).folder)).toBe(
      'contents aa',
    );
    expect(builds).toEqual(['aa', 'cc', 'bb', 'aa']);
  });

  test.each([
    ['its folder is gone', async (folder: string) => rm(folder, { recursive: true })],
    ['its note is half written', async () => writeFile(join(kept, 'worker.json'), '{"sources":"sour')],
  ])('given that %s, then it is built again', async (_, spoil) => {
    const { folder } = await keptBuild('worker', 'sources 1', build('aa'), kept);
    await spoil(folder);
    expect(await contents((await keptBuild('worker', 'sources 1', build('aa'), kept)).folder)).toBe(
      'contents aa',
    );
    expect(builds).toEqual(['aa', 'aa']);
  });

  test('given a build that fails, then what was there stays, and nothing half made', async () => {
    const first = await keptBuild('worker', 'sources 1', build('aa'), kept);
    const failing = keptBuild(
      'worker',
      'sources 2',
      () => Promise.reject(new Error('a slip in main.ts')),
      kept,
    );
    await expect(failing).rejects.toThrow('a slip in main.ts');
    expect(await readdir(kept)).toEqual([`worker-${first.digest}`, 'worker.json']);
    expect(await keptBuild('worker', 'sources 1', build('bb'), kept)).toEqual(first);
  });

  test('given many synths at once, then all get the same whole build', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => keptBuild('worker', 'sources 1', build('aa'), kept)),
    );
    expect(new Set(all.map(({ folder }) => folder)).size).toBe(1);
    expect(await contents(all[0]!.folder)).toBe('contents aa');
    expect((await readdir(kept)).length).toBe(2);
  });
});

test('sources are known by the names and contents of all files of lib/ and by the list of packages', async () => {
  const checkout = await aFolder();
  await mkdir(join(checkout, 'lib', 'worker'), { recursive: true });
  const digests = new Set<string>();
  for (const [file, text] of [
    ['package-lock.json', '{}'],
    ['lib/main.ts', 'one'],
    ['lib/worker/main.groovy', 'one'],
    ['lib/worker/main.groovy', 'two'],
    ['package-lock.json', '{"packages":{}}'],
  ] as const) {
    await writeFile(join(checkout, file), text);
    digests.add(sourcesDigest(checkout));
  }
  await rename(join(checkout, 'lib/main.ts'), join(checkout, 'lib/worker/main.ts'));
  digests.add(sourcesDigest(checkout));
  expect(digests.size).toBe(6);
  expect(digests).toContain(sourcesDigest(checkout));
});
