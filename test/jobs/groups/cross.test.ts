import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandRange } from '../../../lib/jobs/groups/range.ts';
import { groupsOf, jobFileOf, opened, refusalOf } from '../write.ts';

describe('a range', () => {
  test.each([
    ['A01..B03', ['A01', 'A02', 'A03', 'B01', 'B02', 'B03']],
    ['B2..C3', ['B2', 'B3', 'C2', 'C3']],
    ['A9..A11', ['A9', 'A10', 'A11']],
    ['Z1..AB1', ['Z1', 'AA1', 'AB1']],
    ['a1..b1', ['a1', 'b1']],
    ['A..D', ['A', 'B', 'C', 'D']],
    ['1..3', ['1', '2', '3']],
    ['08..11', ['08', '09', '10', '11']],
    ['Plate_9..Plate_11', ['Plate_9', 'Plate_10', 'Plate_11']],
    ['s01 .. s02', ['s01', 's02']],
    ['7..7', ['7']],
    ['no range', ['no range']],
    ['../up', ['../up']],
    ['a..', ['a..']],
  ])('%s', (text, values) => {
    expect(expandRange(text)).toEqual(values);
  });

  test('of wells has rows times columns, each once, for any plate', () => {
    const rows = fc.tuple(fc.nat(31), fc.nat(31));
    const columns = fc.tuple(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 1, max: 48 }));
    const name = (row: number) =>
      row < 26 ? String.fromCharCode(65 + row) : `A${String.fromCharCode(39 + row)}`;
    fc.assert(
      fc.property(rows, columns, fc.boolean(), ([a, b], [c, d], padded) => {
        const [top, bottom, left, right] = [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)];
        const column = (number: number) => String(number).padStart(padded ? 2 : 1, '0');
        const wells = expandRange(`${name(top)}${column(left)}..${name(bottom)}${column(right)}`) as string[];
        expect(new Set(wells).size).toBe((bottom - top + 1) * (right - left + 1));
        expect(wells[0]).toBe(`${name(top)}${column(left)}`);
        expect(wells.at(-1)).toBe(`${name(bottom)}${column(right)}`);
        expect(wells).toContain(`${name(bottom)}${column(left)}`);
      }),
    );
  });

  test.each([
    ['P24..A01', /ends before it begins/],
    ['A05..P01', /ends before it begins/],
    ['A01..12', /no beginning and end of one kind/],
    ['x1..y1', undefined],
    ['Plate_1..Slide_3', /of one kind/],
    ['1..99999999999', /more than 1,000,000/],
  ])('%s is refused when it makes no sense', (text, reason) => {
    const values = expandRange(text);
    if (reason === undefined) expect(values).toEqual(['x1', 'y1']);
    else expect(values).toMatchObject({ what: expect.stringMatching(reason) });
  });
});

describe('a cross product', () => {
  test('is every combination, the last key changing fastest', async () => {
    expect(
      await groupsOf({ _comment: 'x', Plate: ['P1', 'P2'], Well: 'A1..A2', size: 3, flat: false }),
    ).toEqual([
      { Plate: 'P1', Well: 'A1', size: 3, flat: false },
      { Plate: 'P1', Well: 'A2', size: 3, flat: false },
      { Plate: 'P2', Well: 'A1', size: 3, flat: false },
      { Plate: 'P2', Well: 'A2', size: 3, flat: false },
    ]);
    expect(await groupsOf({ Plate: ['P1..P2', 'X'], Well: 'A01..P24' })).toHaveLength(3 * 384);
  });

  test.each([
    [{ Well: [] }, /"Well" is an empty list/],
    [{ Well: [['A1']] }, /"Well" holds \["A1"\]/],
    [{ Well: null }, /"Well" holds null/],
    [{ Well: 'P1..A1' }, /"Well": the range "P1\.\.A1" ends before/],
    [{ Well: ['A1', 'A1..A2'] }, /groups 1 and 2 are equal: \{"Well":"A1"\}/],
    [{ Well: 'O01-O06' }, /"Well": "O01-O06" is one value, and no well.\nFix: Write "O01..O06"/],
    [{ Well: ['A1', 'B1 – B6'] }, /Write "B1..B6"/],
    [{}, /it has no groups/],
  ])('%j is refused', async (groups, reason) => {
    expect(await refusalOf({ output_file_location: 'o', groups })).toMatch(reason);
  });
});

test('a value that looks like a range elsewhere is taken as it is, with a note', async () => {
  const path = await jobFileOf({
    output_file_location: 'o',
    groups: { Plate: ['P1-A1', 'x-ray', '2024-01-05'], Field: ['1-9', '2-5'], Well: 'A1' },
  });
  await opened(path, ({ count, notes }) => {
    expect(count).toBe(6);
    expect(notes).toEqual([
      'groups, "Field": "1-9" is one value; for all from one to the other write "1..9".',
    ]);
  });
});
