import { contactSheet, type Card } from '../../lib/report/contact-sheet.ts';
import { colourOf, textColourOn } from '../../lib/report/colour-scale.ts';
import { numberLabel, numberText } from '../../lib/report/number-text.ts';
import { placeOfWell } from '../../lib/report/plate-map.ts';
import { printedValue } from '../../lib/report/printed-value.ts';

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

test('a job that is done without a picture is on the plate, not a hole, and has no card', () => {
  const html = page([card('B02', 5), { label: 'B03', well: 'B03', value: 7 }, { label: 'B04', well: 'B04' }]);
  expect(html.match(/<figure /g)).toHaveLength(1);
  expect(html.match(/<circle /g)).toHaveLength(3);
  expect(html).toContain('<a><title>B03: 7 spots</title>');
  expect(html).toContain('<a><title>B04: done</title>');
});

test('several jobs of a well are one circle: with their mean, or a ring when one of them failed', () => {
  const failed = [{ label: 'B03', well: 'B03', reason: 'boom' }];
  const html = contactSheet({
    title: 'T',
    text: 'x',
    measured: 'spots',
    cards: [card('B02', 4), card('B02', 8), card('B03', 1)],
    failed,
  });
  expect(html.match(/<circle /g)).toHaveLength(2);
  expect(html).toContain('<title>B02: 2 jobs, 6 spots in the mean</title>');
  expect(html).toMatch(/href="#failed"><title>B03: 2 jobs, 1 failed, 1 spots in the mean<.* class="failed"/);
});

test('plates have a map each', () => {
  const html = page([
    { ...card('B02'), plate: 'P1' },
    { ...card('B02'), plate: 'P<2>' },
  ]);
  expect(html.match(/<svg /g)).toHaveLength(2);
  expect(html).toContain('<h3>P&lt;2&gt;</h3>');
});

test.each([
  [1500, '1,500', '1500'],
  [12_345, '12,345', ''],
  [4.256789, '4.257', '4.3'],
  [0.5, '0.5', '0.5'],
  [12_345.6, '12,346', ''],
])('%p is told as %s, and in a well as "%s"', (value, text, label) => {
  expect([numberText(value), numberLabel(value)]).toEqual([text, label]);
});

test.each([
  ['a count', 'value: 217 spots', { value: 217, unit: 'spots' }],
  ['a share, after other lines', 'x\n  Value: 4.25 % covered\n', { value: 4.25, unit: '% covered' }],
  ['the last of several', 'value: 1 cells\nvalue: -2e3 cells', { value: -2000, unit: 'cells' }],
  ['a number alone', 'value: 3', { value: 3, unit: '' }],
  ['none', 'the value: 3 spots\nvalue: many\nvalue: 3spots', undefined],
])('what a script says it measured: %s', (_, log, said) => {
  expect(printedValue(log)).toEqual(said);
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
