/**
 * Files that appear whole or not at all: written aside on the same disk, flushed, renamed. A process that is killed
 * leaves at most a file among the unfinished ones, which the next process here removes.
 */
import { randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UNFINISHED } from './paths.ts';

/**
 * @param make writes the whole content to the path it is given
 * @param beforeRename a last word, when the content is safely on the disk: false gives up, and nothing changes
 */
export async function replaceFile(
  root: string,
  path: string,
  make: (aside: string) => Promise<void>,
  beforeRename: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  const aside = join(root, UNFINISHED, `${here()}.${process.pid}.${randomUUID()}`);
  await mkdir(dirname(aside), { recursive: true });

  try {
    await make(aside);
    await flush(aside);
    if (!(await beforeRename())) return false;
    await mkdir(dirname(path), { recursive: true });
    await rename(aside, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EXDEV') throw error;
      await replaceAcrossDisks(aside, path);
    });
    await flush(dirname(path));
    return true;
  } finally {
    await rm(aside, { force: true });
  }
}

/** A folder below the root may be on a disk of its own: there the file is first copied beside its final place. */
async function replaceAcrossDisks(aside: string, path: string): Promise<void> {
  const beside = join(dirname(path), `.${randomUUID()}.unfinished`);
  try {
    await copyContent(aside, beside);
    await flush(beside);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

/**
 * A copy that shares its blocks with the original where the disk can (Btrfs, XFS, APFS).
 *
 * @param signal cuts it; what is there of the copy then stays, for the caller to remove
 */
export async function copyContent(from: string, to: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (signal === undefined || (await stat(from)).size < CUTTABLE_BYTES) {
    return copyFile(from, to, constants.COPYFILE_FICLONE);
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE).catch(async () =>
    pipeline(createReadStream(from, CHUNKS), createWriteStream(to, CHUNKS), { signal }),
  );
}

/** Smaller files are there before anybody could cut them, and the system copies them best itself. */
const CUTTABLE_BYTES = 32 * 1024 * 1024;
const CHUNKS = { highWaterMark: 1024 * 1024 };

/** Removes what processes of this machine left that are no more. */
export async function removeUnfinished(root: string): Promise<void> {
  const folder = join(root, UNFINISHED);
  const names = await readdir(folder).catch(() => []);
  const dead = names.filter((name) => {
    const [pid, host] = [name.split('.').at(-2), name.split('.').slice(0, -2).join('.')];
    return host === here() && !isAlive(Number(pid));
  });
  await Promise.all(dead.map((name) => rm(join(folder, name), { force: true })));
}

/** Process ids mean something on one machine (or in one container) only. */
function here(): string {
  return hostname().replaceAll('/', '-');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Content, or for a folder its names, to the disk itself: what a record says is done survives a power cut. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot flush a folder, or anything.
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  } finally {
    await handle.close();
  }
}
