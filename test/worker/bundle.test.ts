import { afterAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorker, WORKER_ENTRY } from '../../lib/worker/bundle.ts';
import { removeTemporaryFolders, temporaryFolder } from './temporary.ts';

afterAll(removeTemporaryFolders);

test('the same sources give the same files, wherever they are built; a changed file is another digest and is mended', async () => {
  const [one, two] = [await temporaryFolder(), await temporaryFolder()];
  const before = process.cwd();
  const first = await bundleWorker(one);
  process.chdir(two);
  const second = await bundleWorker(join(two, 'deep', 'worker')).finally(() => process.chdir(before));

  expect(second.digest).toBe(first.digest);
  expect((await readdir(second.folder, { recursive: true })).sort()).toEqual(
    (await readdir(one, { recursive: true })).sort(),
  );
  expect(await readFile(second.entry)).toEqual(await readFile(first.entry));

  await writeFile(first.entry, '// half a worker');
  expect((await bundleWorker(one)).digest).toBe(first.digest);
  expect(await readFile(first.entry)).toEqual(await readFile(second.entry));
});

test('it needs nothing of this checkout, and says what it lacks', async () => {
  const folder = await temporaryFolder();
  const { entry } = await bundleWorker(folder);

  expect(await readdir(folder, { recursive: true })).toEqual(
    expect.arrayContaining([WORKER_ENTRY, 'runner', join('runner', 'runner.groovy')]),
  );
  expect(await readFile(entry, 'utf8')).not.toContain(process.cwd());
  const failed = promisify(execFile)(process.execPath, [entry], { cwd: '/', env: {} });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^The worker's environment is not right:\n {2}- APP_NAME is missing[^]*\nFix: /,
    ),
  });
});
