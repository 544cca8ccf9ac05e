/** Paths as the user means them: relative to the folder they are in, though npm starts commands in the package's own. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @returns an absolute path */
export function userPath(path: string): string {
  const movedByNpm = process.cwd() === packageFolder ? process.env.INIT_CWD : undefined;
  return resolve(movedByNpm ?? process.cwd(), path);
}
