import { contactSheet, type Card } from '../../lib/report/contact-sheet.ts';
import { colourOf, textColourOn } from '../../lib/report/colour-scale.ts';
import { placeOfWell } from '../../lib/report/plate-map.ts';

const card = (well: string, value?: number): Card => ({
  label: well,
  well,
  picture: `out/${well}.png`,
  value,
});
const page = (cards: readonly Card[]): string =>
  contactSheet({ title: 'T', text: 'x', measured: 'spots', cards });

test('a card for each job, and each well at its place on the plate', () => {
  const html = page([card('B02', 5), card('C04', 1500)]);
  expect(html.match(/<figure /g)).toHaveLength(2);
  expect(html).toContain('1,500 spots');
  // Rows B and C, columns 2 to 4: B02 is the first cell of both.
  expect([...html.matchAll(/<circle cx="(\d+)" cy="(\d+)"/g)].map(([, x, y]) => [x, y])).toEqual([
    ['48', '48'],
    ['136', '92'],
  ]);
});

test('a failed job is listed with its reason, and a ring on the plate', () => {
  const failed = [{ label: 'B03', well: 'B03', reason: 'script error: <no> image' }];
  const html = contactSheet({ title: 'T', text: 'x', cards: [card('B02')], failed });
  expect(html).toContain('<h2>1 failed</h2>');
  expect(html).toContain('<strong>B03</strong> script error: &lt;no&gt; image');
  expect(html.match(/class="failed"/g)).toHaveLength(1);
  expect(page([card('B02')])).not.toContain('id="failed"');
});

test('several plates on one page have no plate map: their wells would lie on each other', () => {
  expect(page([card('B02'), card('B02')])).not.toContain('<svg');
});

test('names are text and paths are addresses, whatever is in them', () => {
  const html = contactSheet({
    title: '<script>alert(1)</script>',
    text: '"&',
    cards: [{ label: '<b>', picture: 'a b/ü#1?.png', value: undefined }],
  });
  expect(html).not.toContain('<script>');
  expect(html).toContain('src="a%20b/%C3%BC%231%3F.png"');
  expect(html).toContain('&lt;b&gt;');
});

test('colours go from dark to bright, and what is written on them can be read', () => {
  const scale = { least: 0, most: 10 };
  expect([colourOf(0, scale), colourOf(10, scale)]).toEqual(['rgb(68, 1, 84)', 'rgb(253, 231, 37)']);
  expect([0, 10].map((value) => textColourOn(colourOf(value, scale)))).toEqual(['#fff', '#000']);
  expect(colourOf(3, { least: 3, most: 3 })).toBe('rgb(68, 1, 84)');
});

test.each([
  ['A1', 1, 1],
  ['a01', 1, 1],
  ['P24', 16, 24],
  ['AF48', 32, 48],
])('%s is a well', (well, row, column) => {
  expect(placeOfWell(well)).toEqual({ row, column });
});

test.each(['', '12', 'A0', 'A001x', 'ABC1', 'A100'])('%p is none', (well) => {
  expect(placeOfWell(well)).toBeUndefined();
});
