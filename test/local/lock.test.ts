import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockFolder, RunInProgressError } from '../../lib/local/lock.ts';
import { startOfProcess } from '../../lib/local/process-start.ts';
import { aFolder } from '../fixtures/folder.ts';

const file = (folder: string): string => join(folder, 'distributed-fiji', 'running.json');

async function leaveLock(folder: string, holder: object): Promise<void> {
  await mkdir(join(folder, 'distributed-fiji'), { recursive: true });
  await writeFile(file(folder), JSON.stringify(holder));
}

test('a second run in the same folder is refused, and told who is there', async () => {
  const folder = await aFolder();
  const lock = await lockFolder(folder);
  const refused = lockFolder(folder);
  await expect(refused).rejects.toThrow(RunInProgressError);
  await expect(refused).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
  await lock.release();
  await (await lockFolder(folder)).release();
  expect(await readdir(join(folder, 'distributed-fiji'))).toEqual([]);
});

test('of many that come at once, one gets it', async () => {
  const folder = await aFolder();
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the lock of a process that was killed is taken over, by one of many', async () => {
  const folder = await aFolder();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const started = await startOfProcess(child.pid!);
  await leaveLock(folder, { pid: child.pid, started, host: hostname(), since: 'then' });
  await expect(lockFolder(folder)).rejects.toThrow(RunInProgressError);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const dead = await readFile(file(folder), 'utf8');
  for (let round = 0; round < 50; round += 1) {
    await writeFile(file(folder), dead);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }
});

test('a process id that belongs to another process by now holds nothing', async () => {
  const folder = await aFolder();
  await leaveLock(folder, { pid: process.pid, started: 'long ago', host: hostname(), since: 'then' });
  const lock = await lockFolder(folder);
  expect(JSON.parse(await readFile(file(folder), 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
});

test('a lock of another machine always counts, and the way out is said', async () => {
  const folder = await aFolder();
  await leaveLock(folder, { pid: 1, started: 'x', host: 'elsewhere', since: 'then' });
  const refused = await lockFolder(folder).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RunInProgressError);
  expect((refused as RunInProgressError).fix).toContain(file(folder));
});

test('a lock file that nobody can read is no lock', async () => {
  const folder = await aFolder();
  await leaveLock(folder, []);
  await (await lockFolder(folder)).release();
});
