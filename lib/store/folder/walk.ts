/** The files of a folder as S3 would list them: flat, in the order of their keys' bytes, one folder open at a time. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredObject } from '../store.ts';
import { CLAIMS, UNFINISHED } from './paths.ts';

/** Files whose size is asked for at once. */
const AT_ONCE = 64;

interface Wanted {
  readonly prefix: string;
  readonly startAfter: string;
  /** Folders that are left out, with a `/` at the end. */
  readonly without: readonly string[];
}

/** Prefix and startAfter as in Store.list: any start of a key, not only a folder's name. */
export async function* walk(root: string, wanted: Wanted): AsyncGenerator<StoredObject> {
  const { prefix } = wanted;
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  // No key has such parts; as a path they would lead elsewhere.
  if (/(^|\/)(\.{0,2})\//.test(folder)) return;
  yield* walkFolder(root, folder, wanted, []);
}

/** @param above the folders on the way here, by device and inode: a link back to one of them is not followed */
async function* walkFolder(
  root: string,
  folder: string,
  wanted: Wanted,
  above: readonly string[],
): AsyncGenerator<StoredObject> {
  const identity = await identityOf(join(root, folder));
  if (identity === undefined || above.includes(identity)) return;
  const keys = (await keysIn(root, folder)).filter((key) => mayHold(key, wanted));

  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const chunk = keys.slice(at, at + AT_ONCE);
    const sizes = await Promise.all(
      chunk.map(async (key) => (key.endsWith('/') ? undefined : sizeOf(join(root, key)))),
    );

    for (const [index, key] of chunk.entries()) {
      const bytes = sizes[index];
      if (key.endsWith('/')) yield* walkFolder(root, key, wanted, [...above, identity]);
      else if (bytes !== undefined) yield { key, bytes };
    }
  }
}

/** The keys of a folder's files, and those of its folders with a `/` at the end: so they sort as their files' keys do. */
async function keysIn(root: string, folder: string): Promise<string[]> {
  const entries = await unlessGone(readdir(join(root, folder), { withFileTypes: true }));
  const keys = await Promise.all((entries ?? []).map(async (entry) => keyOf(root, folder, entry)));
  return inKeyOrder(
    keys.filter((key) => key !== undefined && key !== `${CLAIMS}/` && key !== `${UNFINISHED}/`) as string[],
  );
}

async function keyOf(root: string, folder: string, entry: Dirent): Promise<string | undefined> {
  const key = folder + entry.name;
  if (entry.isFile()) return key;
  if (entry.isDirectory()) return `${key}/`;
  if (!entry.isSymbolicLink()) return undefined;
  const target = await unlessGone(stat(join(root, key)));
  if (target === undefined) return undefined;
  return target.isDirectory() ? `${key}/` : key;
}

/** False if neither this file nor any file in this folder can be wanted. */
function mayHold(key: string, { prefix, startAfter, without }: Wanted): boolean {
  const folder = key.endsWith('/');
  return (
    !without.includes(key) &&
    (key.startsWith(prefix) || (folder && prefix.startsWith(key))) &&
    (startAfter === '' || compareBytes(key, startAfter) > 0 || (folder && startAfter.startsWith(key)))
  );
}

/** S3's order is that of UTF-8's bytes; JavaScript's differs from it only where characters above U+D7FF are. */
function inKeyOrder(keys: string[]): string[] {
  return keys.some((key) => /[\uD800-\uFFFF]/.test(key)) ? keys.sort(compareBytes) : keys.sort();
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await unlessGone(stat(path));
  return found && `${found.dev}:${found.ino}`;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await unlessGone(stat(path)))?.size;
}

/** Undefined for what is not there (any more), and for a link to nothing. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
