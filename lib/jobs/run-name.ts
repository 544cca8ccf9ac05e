/** The name under which a run's records are kept: one part of a key, the same in S3 and in a folder. */
import { parse } from 'node:path';

/** Longest name, in characters: a key has room for 1,024 bytes and ours come after it. */
const LONGEST = 100;

/** The text with everything that is no letter, digit, `.`, `_` or `-` made a `-`; '' when nothing is left. */
export function safeName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .slice(0, LONGEST);
  return /^[.-]*$/.test(name) ? '' : name;
}

/** The name of a run whose job file gives none: `plates/my jobs.json` is run `my-jobs`. */
export function runNameOf(path: string): string {
  return safeName(parse(path).name) || 'jobs';
}
