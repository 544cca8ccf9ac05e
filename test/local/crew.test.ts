/** Real processes: small programs in the place of the worker. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrew, WorkerDiedError, type Crew } from '../../lib/local/crew.ts';
import { aFolder } from '../fixtures/folder.ts';
import { isAlive } from '../fixtures/processes.ts';

const never = new AbortController().signal;

/** A program that says its process id, then does as told. */
async function crewOf(program: string, size = 1): Promise<{ crew: Crew; said: () => Promise<string[]> }> {
  const folder = await aFolder();
  const entry = join(folder, 'worker.mjs');
  await writeFile(entry, `console.log(process.pid);\n${program}`);
  const environment = { FOLDER: folder };
  const crew = startCrew({ size, entry, environment, jobsEnded: () => 0, logs: folder });
  const said = async (): Promise<string[]> => {
    const texts = Array.from({ length: size }, (_, index) =>
      readFile(join(folder, `worker-${index + 1}.log`), 'utf8').catch(() => ''),
    );
    return (await Promise.all(texts)).join('').split('\n').filter(Boolean);
  };
  return { crew, said };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

test('a worker that was killed is replaced', async () => {
  const { crew, said } = await crewOf(
    'setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0));',
  );
  await until(async () => (await said()).length === 1);
  process.kill(Number((await said())[0]), 'SIGKILL');
  await until(async () => (await said()).length === 2);
  expect(crew.replaced).toBe(1);
  await crew.stop(10_000, never);
  expect(await Promise.all((await said()).map((pid) => isAlive(Number(pid))))).toEqual([false, false]);
});

test('what a killed worker left behind in its group ends with it', async () => {
  const { crew, said } = await crewOf(`
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    console.log(child.pid);
    setInterval(() => {}, 1000);`);
  await until(async () => (await said()).length === 2);
  const [worker, fiji] = (await said()).map(Number);
  process.kill(worker!, 'SIGKILL');
  await until(async () => !(await isAlive(fiji!)));
  await crew.stop(0, never);
});

test('a worker that does not hear SIGTERM is ended after the grace', async () => {
  const { crew, said } = await crewOf('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);');
  await until(async () => (await said()).length === 1);
  await crew.stop(200, never);
  expect(await isAlive(Number((await said())[0]))).toBe(false);
});

test('a second Ctrl-C does not wait for the grace', async () => {
  const { crew, said } = await crewOf('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);');
  await until(async () => (await said()).length === 1);
  const now = new AbortController();
  const stopped = crew.stop(600_000, now.signal);
  now.abort();
  await stopped;
  expect(await isAlive(Number((await said())[0]))).toBe(false);
});

test('workers that give up again and again end the run, with their last words', async () => {
  const { crew } = await crewOf('console.error("No Fiji in this house"); process.exit(1);', 2);
  const failed = await crew.failed.catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(WorkerDiedError);
  expect((failed as Error).message).toContain('No Fiji in this house');
  await crew.stop(0, never);
});

test('its standard input stays open while this process lives', async () => {
  const { crew, said } = await crewOf(`
    process.stdin.on('end', () => console.log('alone')).resume();
    process.on('SIGTERM', () => {});`);
  await until(async () => (await said()).length === 1);
  expect(await said()).not.toContain('alone');
  await crew.stop(100, never);
});
