import { expect, test } from '@jest/globals';
import { OutputCheck } from '../../lib/records/output-check.ts';
import type { Store, StoredObject } from '../../lib/store/store.ts';

/** A store that holds these objects: what a check asks for is a listing. */
function storeOf(objects: readonly StoredObject[]): { readonly store: Store; readonly listed: () => number } {
  const sorted = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
  let listed = 0;
  const list = async function* (prefix: string, { startAfter = '' } = {}) {
    for (const object of sorted) {
      if (!object.key.startsWith(prefix) || object.key <= startAfter) continue;
      listed += 1;
      yield object;
    }
  };
  return { store: { list } as Partial<Store> as Store, listed: () => listed };
}

test('jobs with a folder each, more of them than names of folders are kept', async () => {
  const wells = Array.from({ length: 12_000 }, (_, i) => `results/p ${i % 7}/é${i}/count.csv`);
  const outputs = wells.map((key, i) => ({ key, bytes: i }));
  const check = new OutputCheck();
  for (const output of outputs) check.expect([output]);
  const lost = new Set([0, 17, 11_999]);
  const strangers = Array.from({ length: 9_000 }, (_, i) => ({ key: `images/${i}.tif`, bytes: 1 }));
  const { store, listed } = storeOf([...outputs.filter((_, i) => !lost.has(i)), ...strangers]);
  const complete = await check.look(store);
  expect(wells.map((_, i) => i).filter((place) => !complete(place))).toEqual([...lost]);
  // The images are not listed.
  expect(listed()).toBe(outputs.length - lost.size);
});

test('folders of other depths, and none at all, among too many', async () => {
  const check = new OutputCheck();
  const keys = [
    ...Array.from({ length: 10_500 }, (_, i) => `a/${i}/x.csv`),
    'top.csv',
    'b/c/d/deep.csv',
    'a/shallow.csv',
  ];
  for (const key of keys) check.expect([{ key, bytes: 3 }]);
  const complete = await check.look(storeOf(keys.map((key) => ({ key, bytes: 3 }))).store);
  expect(keys.every((_, place) => complete(place))).toBe(true);
});
