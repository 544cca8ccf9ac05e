/** The functions as Lambda gets them: whole, and the same from the same sources. */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { lambdaBundle } from '../../lib/infrastructure/lambda-bundle.ts';
import { aFolder } from '../fixtures/folder.ts';

const ENTRIES = ['lib/monitor/lambda.ts', 'lib/infrastructure/cleanup/handler.ts'];

test.each(ENTRIES)('%s: one file that loads where there is nothing else', async (entry) => {
  const { folder, digest } = await lambdaBundle(entry, await aFolder());
  expect((await readdir(folder)).sort()).toEqual(['index.js', 'package.json']);
  expect(await readFile(join(folder, 'index.js'), 'utf8')).not.toContain(process.cwd());

  // A cold start reads all of it.
  expect((await stat(join(folder, 'index.js'))).size).toBeLessThan(1_000_000);

  const load = `console.log(typeof require(process.argv[1]).handler)`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', load, folder], { cwd: '/', env: {} });
  expect(stdout).toBe('function\n');

  expect((await lambdaBundle(entry, await aFolder())).digest).toBe(digest);
});

test('given a source that does not compile, then it says where', async () => {
  await expect(lambdaBundle('lib/monitor/not-there.ts', await aFolder())).rejects.toThrow(/not-there\.ts/);
});
