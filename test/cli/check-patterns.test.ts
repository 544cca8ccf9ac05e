import { expect, test } from '@jest/globals';
import { checkPatterns } from '../../lib/cli/check-patterns.ts';

/** A source that counts how often it is listed; a key of undefined cannot be looked at. */
function source(...keys: readonly (string | undefined)[]) {
  const listed: string[] = [];
  const place = {
    keys: async function* (prefix: string) {
      listed.push(prefix);
      for (const key of keys) if (key === undefined || key.startsWith(prefix)) yield key;
    },
  };
  return { place, listed };
}

test('a folder is listed once for all patterns that look into it', async () => {
  const wells = Array.from({ length: 384 }, (_, index) => `W${String(index).padStart(3, '0')}`);
  const { place, listed } = source('p/', ...wells.map((well) => `p/${well}f1.tif`), 'q/a*b.tif');
  const patterns = [...wells, 'W384'].map((well) => `p/${well}f*.tif`);
  const check = await checkPatterns([...patterns, 'q/a\\*b.*', 'q/a\\*c.*', 'p/', ''], place, Infinity);
  expect([...check.unmatched].sort()).toEqual(['', 'p/', 'p/W384f*.tif', 'q/a\\*c.*']);
  expect(check.lookedFor).toBe(389);
  expect(listed.sort()).toEqual(['', 'p/', 'q/']);
});

test('what cannot be looked at is not known, and nobody says that it is missing', async () => {
  const { place } = source('a.tif', undefined, 'b.tif');
  expect(await checkPatterns(['a*', 'b*', 'c*'], place, Infinity)).toEqual({
    unmatched: new Set(),
    lookedFor: 1,
  });
});
