/**
 * The worker's own corner of SCRATCH: one folder a worker, one below it for each job. A worker that was killed leaves
 * its folder behind; the next one on the same host removes it, when it begins and when it ends.
 *
 * The folder's name holds host name and process id, because containers may share a disk but not process ids: only a
 * folder of this very host whose process is gone is ever touched. Known gap: a leftover whose id has been given to
 * another process meanwhile stays until that one ends.
 */
import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  /** Absolute path; everything this worker writes is below it. */
  readonly folder: string;
  /** An empty folder for one job. */
  jobFolder(): Promise<string>;
  /** Bytes held below `folder` now. */
  used(): Promise<number>;
  /** Bytes that may still be written: what the file system has left, or `limit` less what is used, whichever is less. */
  free(limit?: number): Promise<number>;
  remove(): Promise<void>;
}

/** Makes this worker's folder under `root`, after removing those of workers that are gone. */
export async function openScratch(root: string): Promise<Scratch> {
  await mkdir(root, { recursive: true });
  await removeLeftovers(root);
  const folder = join(root, `${ownPrefix()}${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder);

  const used = () => bytesBelow(folder);
  return {
    folder,
    jobFolder: () => mkdtemp(join(folder, 'job-')),
    used,
    async free(limit) {
      const { bavail, bsize } = await statfs(folder);
      const left = bavail * bsize;
      return limit === undefined ? left : Math.max(0, Math.min(left, limit - (await used())));
    },
    remove: async () => {
      await removeFolder(folder);
      // Again: a Fiji that outlived its worker writes its preferences when it notices, and their folder is back.
      await removeLeftovers(root);
    },
  };
}

/** Removes a folder whatever is in it; a process that is still ending may add files meanwhile, hence the retries. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = name.startsWith(ownPrefix())
      ? /^\d+(?=-)/.exec(name.slice(ownPrefix().length))?.[0]
      : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) await removeFolder(join(root, name));
  }
}

function ownPrefix(): string {
  return `worker-${hostname()}-`;
}

/** This process counts as gone: whatever bears its id was left by an earlier one (in a container, ids repeat). */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Files come and go while this looks: what has vanished counts as nothing. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return bytesBelow(path);
      return lstat(path).then(
        (stats) => stats.size,
        () => 0,
      );
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
