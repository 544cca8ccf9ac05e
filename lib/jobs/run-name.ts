/** The name under which a run's records are kept: one part of a key, the same in S3 and in a folder. */
import { parse } from 'node:path';

/**
 * Longest name. In bytes, as it is a folder's name too: disks take 255, keys 1,024 with ours after it, and a Chinese or
 * Japanese character is three.
 */
const LONGEST_CHARACTERS = 100;
const LONGEST_BYTES = 200;

/** The text with everything that is no letter, digit, `.`, `_` or `-` made a `-`; '' when nothing is left. */
export function safeName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .slice(0, LONGEST_CHARACTERS);
  const short = beginning(name);
  return /^[.-]*$/.test(short) ? '' : short;
}

/** As many whole characters as fit. */
function beginning(name: string): string {
  let bytes = 0;
  let short = '';
  for (const character of name.toWellFormed()) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_BYTES || character === '\uFFFD') break;
    short += character;
  }
  return short;
}

/** The name of a run whose job file gives none: `plates/my jobs.json` is run `my-jobs`. */
export function runNameOf(path: string): string {
  return safeName(parse(path).name) || 'jobs';
}
