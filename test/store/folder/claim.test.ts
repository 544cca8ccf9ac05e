import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { byFolder, byLink, claim, holder } from '../../../lib/store/folder/claim.ts';
import { aFolder } from '../../fixtures/folder.ts';

describe.each([
  ['by a link', byLink],
  ['by a folder, for disks without links', byFolder],
])('a claim made %s', (_, make) => {
  test('is held by the first job, and only by it', async () => {
    const path = join(await aFolder(), 'claim');
    expect(await make(path, 'Job.1 é')).toBe(true);
    expect(await make(path, 'job2')).toBe(false);
    expect(await make(path, 'Job.1 é')).toBe(false);
    expect(await holder(path)).toBe('Job.1 é');
  });

  test('has one winner of many at once, and leaves nothing else behind', async () => {
    const folder = await aFolder();
    for (let round = 0; round < 20; round++) {
      const path = join(folder, `claim ${round}`);
      const made = await Promise.all(Array.from({ length: 16 }, (_, job) => make(path, `job${job}`)));
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await holder(path)).toBe(`job${made.indexOf(true)}`);
    }
    expect(await readdir(folder)).toHaveLength(20);
  });
});

test('a claim of one kind keeps the other kind out', async () => {
  const folder = await aFolder();
  await byLink(join(folder, 'a'), 'job1');
  expect(await byFolder(join(folder, 'a'), 'job2')).toBe(false);
  await byFolder(join(folder, 'b'), 'job1');
  expect(await byLink(join(folder, 'b'), 'job2')).toBe(false);
});

test('two spellings of a name are two files, except where the disk folds case', async () => {
  const root = await aFolder();
  await mkdir(root, { recursive: true });
  const of = (run: string, key: string, job: string, folds: boolean) => claim(root, key, { run, job }, folds);

  expect(await of('r1', 'out/A\u0301.csv', 'a', false)).toBe('a');
  expect(await of('r1', 'out/a\u0301.csv', 'b', false)).toBe('b');
  expect(await of('r2', 'out/A\u0301.csv', 'a', true)).toBe('a');
  expect(await of('r2', 'out/\u00E1.csv', 'b', true)).toBe('a');
});
