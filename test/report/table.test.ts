import { expect, test } from '@jest/globals';
import { table } from '../../lib/report/table.ts';

test('words to the left, numbers to the right, accents in line', () => {
  expect(table(['well', 'nuclei'], [['A01', '7'], ['Bü1', '1200'], ['C1']])).toBe(
    ['well  nuclei', '----  ------', 'A01        7', 'Bu\u03081     1200'.normalize('NFC'), 'C1'].join('\n'),
  );
});

test('no rows is only the head', () => {
  expect(table(['a', 'b'], [])).toBe('a  b\n-  -');
});
