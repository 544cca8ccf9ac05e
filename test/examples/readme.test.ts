/** The job file and the script that README.md shows run as they stand there. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { cli } from '../cli/cli.ts';
import { fijiOfToday } from '../fiji/fijis.ts';
import { aFolder } from '../fixtures/folder.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

test('the example of the README', async () => {
  process.env.FIJI_HOME = (await fijiOfToday()).home;
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1] ?? '';
  const folder = await aFolder();
  const [job, script, plate] = ['my-job.json', 'my_script.py', 'plate'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(job, block('json'));
  await writeFile(script, block('python'));
  await mkdir(plate);
  for (const well of ['A01', 'A02']) {
    const image = join(repository, 'examples/images/fly/01_POS002_D.TIF');
    await copyFile(image, join(plate, `Plate_1_${well}.tif`));
  }
  const { code, stdout, stderr } = await cli('local', job, '--input', plate, '--script', script);
  expect(`${stdout}${stderr}exit code ${code}`).toMatch(/exit code 0$/);
  const table = await readFile(join(folder, 'results/nuclei/Plate_1_A02.csv'), 'utf8');
  expect(table).toMatch(/^ ?,?Area/);
  expect(table.split('\n').length).toBeGreaterThan(10);
}, 300_000);
