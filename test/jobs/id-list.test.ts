import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IdList } from '../../lib/jobs/id-list.ts';

const hex = (number: bigint) => number.toString(16).padStart(16, '0');
/** Few different ones among any, so that some come often. */
const id = fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 2n ** 64n - 1n), fc.constant(2n ** 64n - 1n)).map(hex);

test('knows exactly which ids came more than once', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), (ids) => {
      const list = new IdList();
      for (const one of ids) list.add(one);
      const { distinct, single, repeated } = list.tally(1000);
      const twice = new Set(ids.filter((one, index) => ids.indexOf(one) !== index));
      expect([...repeated].sort()).toEqual([...twice].sort());
      expect(distinct).toBe(new Set(ids).size);
      expect(single).toBe(distinct - twice.size);
    }),
  );
});

test('among many, also at the ends of its pieces', () => {
  const list = new IdList();
  const many = 200_000;
  for (let index = 0; index < many; index += 1)
    list.add(hex((BigInt(index) * 0x9e3779b97f4a7c15n) % 2n ** 64n));
  expect(list.tally(10)).toEqual({ distinct: many, single: many, repeated: [] });
  list.add(hex(0n));
  list.add(hex((65_536n * 0x9e3779b97f4a7c15n) % 2n ** 64n));
  expect(list.tally(1)).toEqual({ distinct: many, single: many - 2, repeated: [expect.any(String)] });
});
