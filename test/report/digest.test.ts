import { describe, expect, test } from '@jest/globals';
import { causeOf } from '../../lib/report/cause.ts';
import { digestText, failureCauses } from '../../lib/report/digest.ts';
import { groupName, repeatedNames } from '../../lib/report/group-name.ts';
import { aFailure } from '../fixtures/records.ts';

const inWell = (Well: string, reason: string, more = {}) =>
  aFailure({ job: Well, group: { Plate: 'P1', Well }, reason, ...more });

describe('one cause', () => {
  test.each([
    ['numbers', '3 of 7 files', '0 of 7 files'],
    ['a value of the group', 'no file in/P1_A01_w1.TIF', 'no file in/P1_A02_w1.TIF'],
    ['folders', 'cannot open /tmp/scratch/ab12/image.tif', 'cannot open /var/x/image.tif'],
    ['buckets', 's3://one/in/image.tif is missing', 's3://two/in/deeper/image.tif is missing'],
    [
      'object ids',
      'NullPointerException at ij.ImagePlus@1f2e3d',
      'NullPointerException at ij.ImagePlus@77aa',
    ],
    ['wells that the group does not name', 'well A05 s3 is empty', 'well H12 s10 is empty'],
    ['uuids', 'lease 2f1c7f0e-1111-4222-8333-123456789abc', 'lease 9f1c7f0e-1111-4222-8333-123456789abd'],
    [
      'a name that holds the value of one of them by chance',
      'in "/tmp/a bA026/x.tif"',
      'in "/tmp/a bA026/x.tif"',
    ],
    ['how a reason is broken into lines', 'one\n  two', 'one two'],
  ])('%s', (_, one, other) => {
    const causes = failureCauses([inWell('A01', one), inWell('A02', other)]);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({ count: 2, reason: one, jobs: ['P1 A01', 'P1 A02'] });
  });
});

describe('two causes', () => {
  test.each([
    ['lines of the script', 'ValueError (count.py line 4)', 'ValueError (count.py line 9)'],
    ['exit codes', 'exit code 134', 'exit code 1'],
    ['files', 'cannot open /data/a.tif', 'cannot open /data/b.tif'],
    ['errors', 'HeadlessException: no X11', 'NullPointerException: null'],
    ['values that are part of a longer name', 'no plugin FormatsA01', 'no plugin FormatsA02'],
    ['versions of a name', 'needs ImageJ1', 'needs ImageJ2'],
  ])('%s', (_, one, other) => {
    expect(failureCauses([inWell('A01', one), inWell('A02', other)])).toHaveLength(2);
  });

  test('outcomes', () => {
    expect(failureCauses([inWell('A01', 'x'), inWell('A02', 'x', { outcome: 'timeout' })])).toHaveLength(2);
  });
});

test('a short value of a group does not eat the reason', () => {
  const failure = aFailure({ group: { Field: 'a', Site: 1 }, reason: 'a bad day' });
  expect(causeOf(failure)).toBe('script error: a bad day');
});

test('the text: the most frequent first, with whose, how many more, and a log to open', () => {
  const headless = (i: number) =>
    aFailure({
      job: `j${i}`,
      group: { Well: `A${String(i).padStart(2, '0')}`, Site: 3 },
      reason: 'HeadlessException: "é"\n in count.py line 4',
      log: `logs/j${i}/2.log`,
    });
  const failed = [
    inWell('B01', '', { outcome: 'timeout', log: undefined }),
    ...Array.from({ length: 12 }, (_, i) => headless(i + 5)),
    inWell('B02', 'x'.repeat(1_000), { log: 'logs/B02/1.log' }),
  ];
  const causes = failureCauses(failed);
  expect(causes.map(({ count }) => count)).toEqual([12, 1, 1]);

  const describeKey = (key: string) => `/out put/${key}`;
  expect(digestText(causes, { describe: describeKey })).toBe(
    [
      '12 × script error: HeadlessException: "é" in count.py line 4',
      '     A05 Site 3, A06 Site 3, A07 Site 3 and 9 more; log of the first: /out put/logs/j5/2.log',
      ' 1 × timeout',
      '     P1 B01',
      ` 1 × script error: ${'x'.repeat(299)}…`,
      '     P1 B02; log: /out put/logs/B02/1.log',
    ].join('\n'),
  );
  expect(digestText(causes, { describe: describeKey, most: 1 })).toMatch(
    /\n {5}and 2 more for 2 other reasons$/,
  );
  expect(digestText([], { describe: describeKey })).toBe('');
});

test('a group is called by its words, and by names where there are only numbers', () => {
  const nameOf = (group: Record<string, string | number | boolean>) => groupName({ group, job: 'id' });
  expect(nameOf({ Plate: 'Plaque é 1', Well: 'A05', Site: 3, dark: true })).toBe(
    'Plaque é 1 A05 Site 3 dark true',
  );
  expect(nameOf({ image: '/home/ubuntu/bucket/p 1/A05.tif', Site: 2, Well: 'A05' })).toBe(
    'A05 Site 2 A05.tif',
  );
  expect(nameOf({ folder: 's3://b/plate/' })).toBe('plate');
  expect(nameOf({})).toBe('id');
  expect(nameOf({ File: 'x'.repeat(100) })).toBe(`${'x'.repeat(59)}…`);
});

test('a value that only repeats what the others say is left out', () => {
  const wells = ['A01', 'A02'].map((Well) => ({ Plate: 'P1', Well, image: `P1_${Well}_very_long.tif` }));
  expect([...repeatedNames(wells)]).toEqual(['image']);
  expect([...repeatedNames(wells, { same: true })]).toEqual(['Plate', 'image']);
  expect(failureCauses(wells.map((group) => aFailure({ job: group.Well, group })))[0]?.jobs).toEqual([
    'P1 A01',
    'P1 A02',
  ]);
  const fields = [1, 2].map((field) => ({ Well: 'A01', image: `A01_${field}.tif` }));
  expect([...repeatedNames(fields)]).toEqual([]);
  expect([...repeatedNames([{ image: 'a.tif' }, { image: 'b.tif' }])]).toEqual([]);
  expect([...repeatedNames([{ Well: 'A1', id: 'P1 A1', Drug: 'A10' }])]).toEqual(['id']);
  expect([...repeatedNames([{ Plate: 'P', Well: 'A1' }], { same: true })]).toEqual([]);
});
