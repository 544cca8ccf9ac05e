import { expect, test } from '@jest/globals';
import { resultsTable, table } from '../../lib/report/table.ts';
import { aFailure, aRecord } from '../fixtures/records.ts';

test('words to the left, numbers to the right, accents in line', () => {
  expect(table(['well', 'nuclei'], [['A01', '7'], ['Bü1', '1200'], ['C1']])).toBe(
    ['well  nuclei', '----  ------', 'A01        7', 'Bu\u03081     1200'.normalize('NFC'), 'C1'].join('\n'),
  );
});

test('results: who, how it ended, how long it took', () => {
  expect(
    resultsTable([
      aRecord({ group: { Well: 'A01' } }),
      aFailure({ group: { Well: 'A02' }, ended: '2026-11-22T17:01:40.000Z' }),
    ]),
  ).toBe(
    [
      'job  outcome       seconds',
      '---  ------------  -------',
      'A01  success           4.5',
      'A02  script error    100.0',
    ].join('\n'),
  );
});

test('no rows is only the head', () => {
  expect(table(['a', 'b'], [])).toBe('a  b\n-  -');
});
