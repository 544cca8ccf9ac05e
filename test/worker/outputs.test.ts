import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../lib/store/open-store.ts';
import { leftBeside } from '../../lib/worker/left-beside.ts';
import { listOutputs, missingOutputs, stageOutputs, uploadOutputs } from '../../lib/worker/outputs.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

afterAll(removeTemporaryFolders);

describe('what lies in the output folder', () => {
  test('is every file below it; links to files count, all else is told and left', async () => {
    const folder = await temporaryFolder();
    await fill(folder, { 'output/a b.csv': '1,2', 'output/sub/ü.tif': 'tif', 'input.tif': 'pixels' });
    const output = join(folder, 'output');
    await mkdir(join(output, 'empty'));
    await symlink(join(folder, 'input.tif'), join(output, 'same.tif'));
    await symlink('/no/such', join(output, 'dangling'));
    await symlink(output, join(output, 'circle'));
    execFileSync('mkfifo', [join(output, 'pipe')]);

    const { files, skipped } = await listOutputs(output);
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['a b.csv', 3],
      ['same.tif', 6],
      ['sub/ü.tif', 3],
    ]);
    expect(skipped).toEqual([
      'circle: a link to something that is no file',
      'dangling: a link to nothing',
      'pipe: neither a file nor a folder',
    ]);

    const staged = await stageOutputs(files, join(folder, 'job'));
    expect(await readFile(staged[1]!.path, 'utf8')).toBe('pixels');
    expect((await listOutputs(output)).files.map(({ name }) => name)).toEqual(['same.tif']); // the link itself stays
  });

  test('is nothing when the script removed the folder', async () => {
    expect(await listOutputs(join(await temporaryFolder(), 'output'))).toEqual({ files: [], skipped: [] });
  });
});

describe('is it enough', () => {
  const files = ['a_mask.tif', 'sub/b_mask.tif', 'log.txt', 'c_mask.tif'].map((name, index) => ({
    name,
    path: `/${name}`,
    bytes: index * 10,
  }));
  const expected = (EXPECTED_NUMBER_FILES: number, MIN_FILE_SIZE_BYTES = 0, NECESSARY_STRING = '') => ({
    EXPECTED_NUMBER_FILES,
    MIN_FILE_SIZE_BYTES,
    NECESSARY_STRING,
  });

  test('counts files, those that are large enough, those that are named so', () => {
    expect(missingOutputs(files, expected(4))).toBeUndefined();
    expect(missingOutputs(files, expected(4, 1))).toMatch(
      /^3 of 4 expected files \(at least 1 bytes\); there: a_mask/,
    );
    expect(missingOutputs(files, expected(2, 10, '_mask'))).toBeUndefined();
    expect(missingOutputs(files, expected(3, 10, '_mask'))).toMatch(/^2 of 3 .*"_mask" in the name/);
    expect(missingOutputs([], expected(1))).toBe('0 of 1 expected files; its output folder is empty');
    expect(missingOutputs([], expected(0))).toBeUndefined();
  });

  test('names at most twenty files', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, path: '/', bytes: 0 }));
    expect(missingOutputs(many, expected(51))).toMatch(/f19 \(0 bytes\) and 30 more$/);
  });
});

test('what lies beside the output folder is named: the script wrote it for nothing', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'output'));
  expect(await leftBeside(join(folder, 'output'))).toBeUndefined();
  await fill(folder, { 'outputA01.csv': '1', 'masks/a.tif': '1', 'b.csv': '', 'z.txt': '' });
  expect(await leftBeside(join(folder, 'output'))).toBe(
    'b.csv, masks/, outputA01.csv and 1 more were left beside it and thrown away: write into output_directory',
  );
});

test('files go under the location with their subfolders; another job’s file is not overwritten', async () => {
  const folder = await temporaryFolder();
  await fill(folder, { 'a.csv': '1', 'sub/b.csv': '22' });
  const { files } = await listOutputs(folder);
  const destination = openStore(await temporaryFolder());
  const owner = { run: 'r', job: 'one' };

  expect(await uploadOutputs(files, 'out/P 1/', owner, destination)).toMatchObject({
    kind: 'written',
    outputs: [
      { key: 'out/P 1/a.csv', bytes: 1 },
      { key: 'out/P 1/sub/b.csv', bytes: 2 },
    ],
  });
  expect(await uploadOutputs(files, 'out/P 1/', owner, destination)).toMatchObject({ kind: 'written' });
  expect(await uploadOutputs(files, 'out/P 1/', { run: 'r', job: 'two' }, destination)).toMatchObject({
    kind: 'collision',
    reason: expect.stringMatching(
      /^out\/P 1\/a\.csv was already written by job one\. .*output_file_location \(results\/\{Plate\}\/\{Well\}\).*another "run" name/,
    ),
  });
  expect(await uploadOutputs(files, 'out/P 1/', { run: 'r2', job: 'two' }, destination)).toMatchObject({
    kind: 'written',
  });
});
