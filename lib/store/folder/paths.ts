/** From a key to a path under the root, and the two places of our own there. */
import { join } from 'node:path';
import { StoreError } from '../store-error.ts';
import { OWN_PREFIX } from '../store.ts';

/** Our own files: never listed, as they are no objects. Beside the records, on the same disk as the outputs. */
export const CLAIMS = `${OWN_PREFIX}.claims`;
export const UNFINISHED = `${OWN_PREFIX}.unfinished`;

/**
 * The path of a key.
 *
 * @throws StoreError for a key that would leave the root, or that a folder cannot tell from another (`a//b`, `./a`)
 */
export function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  const bad = segments.find((segment) => segment === '' || segment === '.' || segment === '..');

  if (bad !== undefined || key.includes('\0')) {
    throw new StoreError(
      `"${key}" is no key: ${bad === '' || key === '' ? 'it has an empty part' : 'it has a part that is no name'}.`,
      {
        trouble: 'bad key',
        key,
        location: root,
        fix: 'Use names joined by single slashes, without one at the start or the end, and without "." or "..".',
      },
    );
  }
  return join(root, ...segments);
}
