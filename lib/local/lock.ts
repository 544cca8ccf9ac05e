/**
 * One run at a time in one output folder. The lock is a file that says which process holds it. A process that was
 * killed leaves its file behind: process ids are used again, so the file also holds when the process started, and a
 * lock whose process is gone, or is another one by now, is taken over.
 *
 * States: no file -> ours (made whole beside it, then linked: link fails when the name exists)
 *         file, holder alive -> RunInProgressError
 *         file, holder gone -> replaced, by whoever holds the lock of taking over from that very holder (the same kind
 *         of file, named after the dead one, so that it too is taken over when its holder is killed). Without it, a
 *         comer that was slower than another would replace the other's fresh lock.
 *
 * A folder shared by two machines (NFS): the other machine's processes cannot be seen, so its lock always counts.
 */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DistributedFijiError } from '../errors.ts';
import { folderError } from '../store/store-error.ts';
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
 * @throws RunInProgressError when somebody else's run is at work there; StoreError when it cannot be written to
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

  try {
    await mkdir(home, { recursive: true });
    await writeFile(beside, JSON.stringify(me));
  } catch (error) {
    throw folderError(error, { doing: 'writing', key: '', location: folder });
  }
  try {
    const by = await take(path, beside);
    if (by !== undefined) throw new RunInProgressError(folder, path, by);
  } finally {
    await rm(beside, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

/**
 * @param beside a file that says who we are
 * @returns who else holds it, or is just taking it over; undefined when it is ours now
 */
async function take(path: string, beside: string): Promise<Holder | undefined> {
  for (;;) {
    if (await linked(beside, path)) return undefined;
    const text = await readText(path);
    if (text === undefined) continue; // released meanwhile
    const by = parseHolder(text);
    if (by !== undefined && (await isAlive(by))) return by;

    const takeover = `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    const rival = await take(takeover, beside);
    if (rival !== undefined) return rival;
    try {
      if ((await readText(path)) === text) {
        await link(beside, `${beside}.new`);
        await rename(`${beside}.new`, path);
        return undefined;
      }
    } finally {
      await rm(takeover, { force: true });
    }
  }
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

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined when it is not one of ours (a torn write cannot be: it was linked whole). */
function parseHolder(text: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function isAlive({ host, pid, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  return started !== '' && (await startOfProcess(pid)) === started;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
