/**
 * Who owns an output in a folder: one claim for each output and run, which several processes may want at once.
 *
 * A claim is a symbolic link whose target is the job's id: made in one step with its content, refused if it is there,
 * and it takes no block on the disk. Disks without links (exFAT) get a folder with one empty file named after the job,
 * made aside and renamed: a rename onto a folder that is not empty is refused too. Neither can be found half made, so a
 * worker that was killed leaves either nothing or its job's claim, which the job's next attempt takes again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Owner } from '../store.ts';
import { CLAIMS, pathOf } from './paths.ts';

/**
 * @param foldsCase true where `a.csv` and `A.csv` are one file (macOS, Windows)
 * @returns the id of the job that owns the key from now on: the owner's own, or that of the job which came first
 */
export async function claim(root: string, key: string, owner: Owner, foldsCase: boolean): Promise<string> {
  const path = claimPath(root, key, owner.run, foldsCase);
  await mkdir(dirname(path), { recursive: true });

  const made = (await byLink(path, owner.job)) ?? (await byFolder(path, owner.job));
  return made ? owner.job : holder(path);
}

/** @returns true when there is a file that no job of any run has claimed */
export async function isForeign(root: string, key: string, foldsCase: boolean): Promise<boolean> {
  if ((await lstat(pathOf(root, key)).catch(() => undefined)) === undefined) return false;
  const runs = await readdir(pathOf(root, CLAIMS)).catch((): string[] => []);
  const claims = await Promise.all(
    runs.map((run) => lstat(claimPath(root, key, run, foldsCase)).catch(() => undefined)),
  );
  return claims.every((found) => found === undefined);
}

/** Spread over 256 folders, so that none holds a million entries. */
function claimPath(root: string, key: string, run: string, foldsCase: boolean): string {
  const name = foldsCase ? key.normalize('NFC').toLowerCase() : key;
  const hash = createHash('sha256').update(name).digest('hex');
  return pathOf(root, `${CLAIMS}/${run}/${hash.slice(0, 2)}/${hash}`);
}

/** True: made. False: somebody's is there. Undefined: this disk knows no links. */
export async function byLink(path: string, job: string): Promise<boolean | undefined> {
  try {
    await symlink(job, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS')
      return undefined;
    throw error;
  }
}

/** True: made. False: somebody's is there. */
export async function byFolder(path: string, job: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await mkdir(aside);
  await writeFile(join(aside, encodeURIComponent(job)), '');
  try {
    await rename(aside, path);
    return true;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** The job whose claim stands at a path, however it was made. */
export async function holder(path: string): Promise<string> {
  try {
    return await readlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  }
  const [job = ''] = await readdir(path);
  return decodeURIComponent(job);
}
