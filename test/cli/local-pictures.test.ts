/** The page of pictures of a local run, and what is told of jobs that write over each other. */
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { fijiOfToday } from '../fiji/fijis.ts';
import { cli } from './cli.ts';
import { aPlace, JOB } from './place.ts';

beforeAll(async () => {
  process.env.FIJI_HOME = (await fijiOfToday()).home;
});

const PICTURE = `from java.awt.image import BufferedImage
from java.io import File
from javax.imageio import ImageIO
ImageIO.write(BufferedImage(320, 200, BufferedImage.TYPE_INT_RGB), 'png', File(output_directory, Well + '.png'))
`;
const groupsOf = (...wells: string[]) =>
  wells.map((Well) => ({ image: `/home/ubuntu/bucket/A1.tif`, Plate: 'Plate 1', Well }));
const pageOf = async (stdout: string) => readFile(/Open in a browser: (.*)/.exec(stdout)![1]!, 'utf8');

test('it shows what is done and what failed, by well, with what scripts measured; the next run writes it anew', async () => {
  const script = `#@ String Well
#@ String image
#@ File output_directory
if Well == 'A2': raise ValueError('no cells <here>')
print('value: ' + Well[1:] + '5 cells')
open(output_directory.path + '/' + Well + '.csv', 'w').write('x')
if Well != 'A4':
    ${PICTURE.trimEnd().replaceAll('\n', '\n    ')}
`;
  const place = await aPlace({ ...JOB, groups: groupsOf('A1', 'A2', 'A4') }, script);
  const first = await cli(...place.args);
  expect(first.code).toBe(1);
  const html = await pageOf(first.stdout);
  expect(html).toContain('2 of 3 done, 1 failed');
  expect(html).toMatch(/<strong>A2<\/strong> script error: .*no cells &lt;here&gt;/);
  expect(html.match(/<figure /g)).toHaveLength(1);
  expect(html).toMatch(/<figcaption><span>A1<\/span><b [^>]*>15 cells<\/b>/);
  expect(html).toContain('<title>A4: 45 cells</title>');
  expect(html).not.toContain('home/ubuntu');

  // Another script: all is done again, and this time nobody comes to a picture.
  await writeFile(place.script, "#@ String Well\nraise ValueError('not today')\n");
  const second = await cli(...place.args);
  const after = await pageOf(second.stdout);
  expect(after).toContain('0 of 3 done, 3 failed');
  expect(after).not.toContain('<figure ');
}, 300_000);

test('two jobs that write one file: the cure, and whose it is', async () => {
  const script =
    "#@ String Well\n#@ File output_directory\nopen(output_directory.path + '/all.csv', 'w').write('x')\n";
  const place = await aPlace({ ...JOB, groups: groupsOf('A1', 'A2') }, script);
  const { stdout } = await cli(...place.args);
  expect(stdout).toMatch(
    /output collision: out\/all\.csv was already written by the job of Plate 1 A\d\. Put what tells the groups apart into output_file_location/,
  );
  expect(stdout).not.toContain('Open in a browser');
}, 300_000);
