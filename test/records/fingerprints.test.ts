import { expect, test } from '@jest/globals';
import { Fingerprints } from '../../lib/records/fingerprints.ts';

const textsOf = (count: number, start = 0) => Array.from({ length: count }, (_, i) => `puits é ${start + i}`);

test('knows every text that was added and picked, and no other', () => {
  const fingerprints = new Fingerprints();
  // More than the list's first size, so that it has grown.
  for (const text of textsOf(5_000)) fingerprints.add(text);
  const known = fingerprints.pick((place) => place % 3 === 0);
  expect(known.size).toBe(1_667);
  expect(textsOf(5_000).filter((text) => known.has(text))).toEqual(
    textsOf(5_000).filter((_, place) => place % 3 === 0),
  );
  expect(textsOf(5_000, 5_000).filter((text) => known.has(text))).toEqual([]);
});

test('a text that was added twice is known if either was picked, and counts once', () => {
  const fingerprints = new Fingerprints();
  for (const text of ['a', 'b', 'a', 'a']) fingerprints.add(text);
  expect(fingerprints.pick((place) => place === 2).has('a')).toBe(true);
  expect(fingerprints.pick(() => true).size).toBe(2);
});

test('nothing added is nothing known', () => {
  const known = new Fingerprints().pick(() => true);
  expect([known.size, known.has('')]).toEqual([0, false]);
});
