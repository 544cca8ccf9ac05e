/** Inputs in a folder on this machine. */
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearestName } from '../config/index.ts';
import { FolderStore } from '../store/folder-store.ts';
import { StoreError } from '../store/store-error.ts';
import type { InputPlace } from './check-inputs.ts';

/** Names read of a folder to find what may have been meant. */
const NAMES_READ = 5000;

/**
 * @param folder absolute; what the mount is in the job file
 * @param bucket what `s3://` paths may call the same folder
 */
export function inputFolder(folder: string, bucket: string): InputPlace {
  const store = new FolderStore(folder);
  return {
    root: `${folder} (--input)`,
    bucket,
    // Seconds at most, on a slow network drive too.
    most: 10_000,
    holds: (reference) => reference.bucket === undefined,
    exists: async ({ key, folder: isFolder }) => {
      try {
        const found = await stat(join(folder, key));
        return !isFolder || found.isDirectory();
      } catch (error) {
        // What cannot be looked at (permissions) is left to the worker, which says why.
        return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
      }
    },
    keys: async function* (prefix) {
      try {
        for await (const { key } of store.list(prefix)) yield key;
      } catch (error) {
        // As above; no other error comes from a listing.
        if (!(error instanceof StoreError)) throw error;
        yield undefined;
      }
    },
    describe: ({ key }) => join(folder, key),
    meant: ({ key }) => meant(join(folder, key)),
  };
}

async function meant(path: string): Promise<string | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(dirname(path))) if (names.push(name) === NAMES_READ) break;
  } catch {
    const parent = dirname(path);
    return parent === path ? undefined : meant(parent);
  }
  const near = nearestName(basename(path), names);
  return near === basename(path) ? undefined : near;
}
