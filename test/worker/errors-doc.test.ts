import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { OUTCOMES } from '../../lib/records/outcome.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** First cells of the table under a heading, and whether the other cells say something. */
function rows(doc: string, heading: string): string[] {
  const [, section = ''] = doc.split(`## ${heading}\n`);
  return [
    ...(section.split('\n## ')[0] ?? '').matchAll(
      /^\| `?([A-Za-z_ ]+?)`? +\| ([^|]{10,}) \| ([^|]{5,}) \|$/gm,
    ),
  ]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'outcome' && name !== 'code');
}

test('every outcome is explained, and no other', async () => {
  expect(rows(await read('docs/errors.md'), 'Outcomes').sort()).toEqual([...OUTCOMES].sort());
});

test('every error code is explained, and no other', async () => {
  const [, union = ''] = (await read('lib/errors.ts')).split('export type ErrorCode =');
  const codes = [...(union.split(';')[0] ?? '').matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(10);
  expect(rows(await read('docs/errors.md'), 'Error codes').sort()).toEqual(codes.sort());
});
