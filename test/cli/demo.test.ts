import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { aFolder } from '../fixtures/folder.ts';
import { cli } from './cli.ts';

test('ends with a table of wells, the folder of results, and a page of pictures that are there', async () => {
  const output = join(await aFolder(), 'demo');
  const { code, stdout, stderr } = await cli('demo', '--output', output);
  expect(`${stdout}${stderr}exit code ${code}`).toMatch(/exit code 0$/);
  expect(stdout).toMatch(/well +outcome +seconds +spots/);
  const spots = new Map(
    [...stdout.matchAll(/^(O\d\d) +success +[\d.]+ +(\d+)$/gm)].map(([, well, count]) => [
      well,
      Number(count),
    ]),
  );
  expect(spots.size).toBe(12);
  // In these wells the stain has gathered into spots, in the others it has not: plain to the eye.
  for (const [well, count] of spots) {
    const gathered = ['O01', 'O05', 'O06', 'O07', 'O08', 'O09'].includes(well!);
    expect([well, count > 200]).toEqual([well, gathered]);
  }
  expect(stdout).toContain(`Results are in ${output}`);
  const page = /Open in a browser: (.*\.html)/.exec(stdout)?.[1];
  const pictures = [...(await readFile(page!, 'utf8')).matchAll(/<img src="([^"]+)"/g)];
  expect(pictures).toHaveLength(12);
  for (const [, picture] of pictures) {
    expect((await stat(join(output, decodeURIComponent(picture!)))).size).toBeGreaterThan(100_000);
  }
}, 300_000);
