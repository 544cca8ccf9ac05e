/**
 * One run at a time in one output folder. The lock is a file that says which process holds it. A process that was
 * killed leaves its file behind: process ids are used again, so the file also holds when the process started, and a
 * lock whose process is gone, or is another one by now, is taken over.
 *
 * States: no file -> ours (made whole beside it, then linked: link fails when the name exists)
 *         file, holder alive -> RunInProgressError
 *         file, holder gone -> moved aside, then as with no file. A comer that was slower than another may move the
 *         other's fresh lock: it sees so in the file it moved, and puts it back.
 *
 * A folder shared by two machines (NFS): the other machine's processes cannot be seen, so its lock always counts.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DistributedFijiError } from '../errors.ts';
import { startOfProcess } from './process-start.ts';

const holder = z.object({
  pid: z.number().int().positive(),
  /** As startOfProcess gives it. */
  started: z.string(),
  host: z.string(),
  /** ISO 8601, for people. */
  since: z.string(),
});
type Holder = z.infer<typeof holder>;

export class RunInProgressError extends DistributedFijiError {
  constructor(folder: string, lock: string, by: Holder) {
    const elsewhere = by.host !== hostname();
    super(`Another run is at work in ${folder} (process ${by.pid} on ${by.host}, since ${by.since}).`, {
      code: 'RUN_IN_PROGRESS',
      fix: elsewhere
        ? `Wait until it has ended, or name another folder with --output. If ${by.host} is off, remove ${lock}.`
        : 'Wait until it has ended, or name another folder with --output.',
    });
  }
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * @param folder of results; must exist
 * @throws RunInProgressError when somebody else's run is at work there
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const home = join(folder, 'distributed-fiji');
  const path = join(home, 'running.json');
  const beside = join(home, `running.${randomUUID()}.json`);
  const me: Holder = {
    pid: process.pid,
    started: (await startOfProcess(process.pid)) ?? '',
    host: hostname(),
    since: new Date().toISOString(),
  };

  await mkdir(home, { recursive: true });
  await writeFile(beside, JSON.stringify(me));
  try {
    while (!(await linked(beside, path))) {
      const by = await readHolder(path);
      if (by !== undefined && (await isAlive(by))) throw new RunInProgressError(folder, path, by);
      await setAside(path);
    }
  } finally {
    await rm(beside, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is none any more, or it is not one of ours (a torn write cannot be: it was linked whole). */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isAlive({ host, pid, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  return started !== '' && (await startOfProcess(pid)) === started;
}

async function setAside(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    const by = await readHolder(aside);
    if (by !== undefined && (await isAlive(by))) await linked(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  await rm(aside, { force: true });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
