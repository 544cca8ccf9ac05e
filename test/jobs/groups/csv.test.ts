import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { all, jobFileOf, opened, refusalOfFile } from '../write.ts';

async function withTable(table: string | Buffer, name: string, more: object = {}): Promise<string> {
  const path = await jobFileOf({ groups: { csv: name, ...more }, output_file_location: 'o' });
  await writeFile(join(dirname(path), name), table);
  return path;
}

async function groupsIn(path: string): Promise<unknown[]> {
  return opened(path, async (jobFile) => (await all(jobFile.messages())).map(({ Metadata }) => Metadata));
}

test('a row is a group, its values stay text', async () => {
  const table = '\uFEFFPlate,Well,Note,_comment\r\nP1,A01,"a, ""b""\nc",x\r\n\r\n日本,01,,y\r\n';
  expect(await groupsIn(await withTable(table, 'my groups.csv'))).toEqual([
    { Plate: 'P1', Well: 'A01', Note: 'a, "b"\nc' },
    { Plate: '日本', Well: '01', Note: '' },
  ]);
});

test('tabs and other delimiters', async () => {
  expect(await groupsIn(await withTable('a\tb\n1,5\t2\n', 'g.tsv'))).toEqual([{ a: '1,5', b: '2' }]);
  expect(await groupsIn(await withTable('a;b\n1,5;2\n', 'g.csv', { delimiter: ';' }))).toEqual([
    { a: '1,5', b: '2' },
  ]);
});

test('a table that is not UTF-8 is refused, rather than taken with other letters', async () => {
  const latin = Buffer.from('Plate,Well\nPr\u00fcf,A1\n', 'latin1');
  expect(await refusalOfFile(await withTable(latin, 'g.csv'))).toMatch(
    /its letters are not written in UTF-8[^]*"CSV UTF-8"/,
  );
});

test.each([
  ['a,b,c\n1,2,3\n1,2\n', {}, /line 3 has 2 values, but the first row has 3 names/],
  ['a\n1,2\n', {}, /line 2 has 2 values, but the first row has 1 name\.\n/],
  ['a,b\n1,"2\n', {}, /a double quote is opened and not closed before the table ends \(line \d\)/],
  ['a,b\n1,"2"x\n', {}, /line 2 has a double quote inside a value/],
  ['a,b\n1,x"2"\n', {}, /line 2 has a double quote inside a value/],
  ['Plate;Well\nP1;A01\n', {}, /one name, "Plate;Well", with semicolons in it.\nFix: .*"delimiter": ";"/],
  ['Plate;Well\n1,5;A01\n', {}, /"delimiter": ";"/],
  ['a\tb\n1\t2\n', {}, /with tabs in it.\nFix: .*"delimiter": "\\t"/],
  ['a,a\n1,2\n', {}, /names "a" twice/],
  ['a,\n1,2\n', {}, /a column without a name/],
  ['a,b\n', {}, /no groups/],
  ['', {}, /no groups/],
  ['a\n1\n1\n', {}, /groups 1 and 2 are equal/],
  ['a\n1\n', { delimiter: 3 }, /"delimiter" is 3/],
  ['a\n1\n', { Well: 'A1' }, /"Well" beside "csv"/],
])('the table %j is refused', async (table, more, reason) => {
  expect(await refusalOfFile(await withTable(table, 'g.csv', more))).toMatch(reason);
});

test('a table that is not there is named', async () => {
  const path = await jobFileOf({ groups: { csv: 'nowhere.csv' }, output_file_location: 'o' });
  const text = await refusalOfFile(path);
  expect(text).toMatch(/nowhere\.csv: there is no such table/);
  expect(text).toMatch(/relative to the folder of the job file/);
});
