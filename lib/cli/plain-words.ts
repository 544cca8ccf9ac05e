/** Errors of the file system in words, for whoever named the folder. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';

/** @returns why a folder cannot be made, read or written: part of a sentence, without its full stop */
export async function whyNot(error: unknown, folder: string): Promise<string> {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return `${(await fileOnTheWayTo(folder)) ?? folder} is a file, not a folder`;
    case 'EACCES':
    case 'EPERM':
      return 'you have no right to';
    case 'ENOENT':
      return 'the system lets nobody make a folder there';
    case 'EROFS':
      return 'that disk is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENAMETOOLONG':
      return 'the name is too long for this disk';
    default:
      return messageOf(error);
  }
}

async function fileOnTheWayTo(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined) return found.isDirectory() ? undefined : folder;
  return dirname(folder) === folder ? undefined : fileOnTheWayTo(dirname(folder));
}
