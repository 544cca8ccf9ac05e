import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { openScratch } from '../../lib/worker/scratch.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

afterAll(removeTemporaryFolders);

test('what a killed worker left goes; what others have stays', async () => {
  const root = await temporaryFolder();
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  const alive = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const stays = [
    `worker-${hostname()}-${alive.pid}-0a`, // runs here
    `worker-elsewhere-${gone.pid}-0b`, // another container's: its process ids mean nothing here
    'notes.txt',
  ];
  await fill(
    root,
    Object.fromEntries(stays.map((name) => [name === 'notes.txt' ? name : `${name}/job-1/a.tif`, 'x'])),
  );
  await fill(root, {
    [`worker-${hostname()}-${gone.pid}-0c/job-1/inputs/a.tif`]: 'x',
    [`worker-${hostname()}-${process.pid}-0d/a.tif`]: 'x', // an earlier process with the id that is ours now
  });

  const scratch = await openScratch(root);
  expect((await readdir(root)).sort()).toEqual([...stays, basename(scratch.folder)].sort());

  // A Fiji that outlived its worker writes once more.
  await fill(root, { [`worker-${hostname()}-${gone.pid}-0c/fiji/prefs/late`]: 'x' });
  await scratch.remove();
  expect((await readdir(root)).sort()).toEqual(stays.sort());
  alive.kill();
});

test('says what is used and what is left', async () => {
  const scratch = await openScratch(await temporaryFolder());
  const job = await scratch.jobFolder();
  expect(await readdir(job)).toEqual([]);
  await fill(job, { 'deep/a.tif': 'x'.repeat(1000), 'b.tif': 'x'.repeat(500) });

  expect(await scratch.used()).toBe(1500);
  expect(await scratch.free(2000)).toBe(500);
  expect(await scratch.free(1000)).toBe(0);
  expect(await scratch.free()).toBeGreaterThan(1000);
  expect(join(scratch.folder, basename(job))).toBe(job);
});
