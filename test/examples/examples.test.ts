/** Every example as its readers start it, by `npm run local`'s own program, on real images and a real Fiji. */
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cli, type Finished } from '../cli/cli.ts';
import { fijiOfToday, hasXvfb } from '../fiji/fijis.ts';
import { aFolder } from '../fixtures/folder.ts';
import { pythonPackages } from '../fixtures/python.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const example = (name: string): string => join(examples, name);

let config: string;
beforeAll(async () => {
  process.env.FIJI_HOME = (await fijiOfToday()).home;
  config = join(await aFolder(), 'config.ts');
  await writeFile(config, 'export default { JOBS_PER_FIJI: 20, MEMORY: 1500 };\n');
});

interface Ran extends Finished {
  /** Folder of results. */
  readonly output: string;
}

async function run(job: string, script: string, input = example('images')): Promise<Ran> {
  const output = await aFolder();
  const where = ['--input', input, '--output', output, '--config', config, '--workers', '1'];
  return { output, ...(await cli('local', job, '--script', script, ...where)) };
}

function expectSuccess({ code, stdout, stderr }: Finished): void {
  expect(`${stdout}${stderr}exit code ${code}`).toMatch(/exit code 0$/);
}

/** Rows as objects by the names in the first. */
async function readTable(path: string): Promise<Record<string, string>[]> {
  const [head = '', ...rows] = (await readFile(path, 'utf8')).trim().split('\n');
  const names = head.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, index) => [names[index], value])));
}

async function expectPicture(path: string, width: number, height: number): Promise<void> {
  const bytes = await readFile(path);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
}

describe('count_nuclei', () => {
  const nuclei: Record<string, Record<string, string>[]> = {};

  test.each(['count_nuclei.groovy', 'count_nuclei.py'])(
    '%s',
    async (script) => {
      const ran = await run(example('count_nuclei.json'), example(script));
      expectSuccess(ran);
      const results = join(ran.output, 'count_nuclei', 'plate_01');
      expect((await readdir(results)).sort()).toEqual(
        ['002', '076', '218'].flatMap((position) =>
          ['csv', 'png'].map((ending) => `01_${position}_nuclei.${ending}`),
        ),
      );
      await expectPicture(join(results, '01_076_nuclei.png'), 1000, 1006);
      const tables = await Promise.all(
        ['002', '076', '218'].map((position) => readTable(join(results, `01_${position}_nuclei.csv`))),
      );
      expect(tables.map((rows) => rows.length)).toEqual([269, 830, 663]);
      expect(new Set(tables[0]!.map(({ Plate, Position }) => `${Plate} ${Position}`))).toEqual(
        new Set(['01 002']),
      );
      nuclei[script] = tables.flat();
    },
    300_000,
  );

  test('both languages measure the same', () => {
    const [groovy, jython] = [nuclei['count_nuclei.groovy']!, nuclei['count_nuclei.py']!];
    for (const column of ['X', 'Y', 'Area', 'Circularity', 'Mean']) {
      const differences = groovy.map((row, index) =>
        Math.abs(Number(row[column]) - Number(jython[index]?.[column])),
      );
      // Two decimals, rounded up or to even.
      expect(Math.max(...differences)).toBeLessThanOrEqual(0.011);
    }
  });
});

test('montage_fields: the fields of a well in one picture, A1 and A01 alike', async () => {
  const ran = await run(example('montage_fields.json'), example('montage_fields.py'));
  expectSuccess(ran);
  const results = join(ran.output, 'montage_fields');
  await expectPicture(join(results, 'AS_09047_050428030001_O6_montage.png'), 512, 256);
  const rows = await readTable(join(results, 'AS_09047_050428030001_O1_fields.csv'));
  expect(rows.map(({ Image }) => Image)).toEqual([
    'AS_09047_050428030001_O01f00d2.TIF',
    'AS_09047_050428030001_O01f01d2.TIF',
  ]);
});

describe("the Python project's own job file", () => {
  const GROOVY = `#@ String input_file_location
#@ Integer image_size
#@ String Plate
#@ String Well
#@ File output_directory
def names = new File(input_file_location).list().findAll { it.startsWith(Plate + '_' + Well) }
new File(output_directory, Plate + '_' + Well + '.txt').text = names.join(',') + ' ' + image_size
`;
  let folder: string;
  let job: string;
  beforeAll(async () => {
    folder = await aFolder();
    const input = join(folder, 'projects', 'input');
    await mkdir(input, { recursive: true });
    for (const [index, well] of ['A1', 'A2'].entries()) {
      await copyFile(
        example(`images/plate/AS_09047_050428030001_O0${index + 1}f00d2.TIF`),
        join(input, `Plate_1_${well}.tif`),
      );
    }
    job = join(folder, 'exampleJob.json');
    await writeFile(
      job,
      '{"_comment1": "...", "output_file_location": "projects/output/", "shared_metadata": {"input_file_location": "/home/ubuntu/bucket/projects/input", "image_size": "1024"}, "groups": [{"Well": "A1", "Plate": "Plate_1"}, {"Well": "A2", "Plate": "Plate_1"}]}',
    );
  });

  test('with a Jython script', async () => {
    const ran = await run(job, example('montage_fields.py'), folder);
    expectSuccess(ran);
    for (const well of ['A1', 'A2']) {
      await expectPicture(join(ran.output, 'projects', 'output', `Plate_1_${well}_montage.png`), 1024, 1024);
    }
  });

  test('with a Groovy script', async () => {
    const script = join(folder, 'mine.groovy');
    await writeFile(script, GROOVY);
    const ran = await run(job, script, folder);
    expectSuccess(ran);
    const text = await readFile(join(ran.output, 'projects', 'output', 'Plate_1_A2.txt'), 'utf8');
    expect(text).toBe('Plate_1_A2.tif 1024');
  });
});

(hasXvfb ? test : test.skip)('measure_cover: a macro, under a virtual screen (Xvfb)', async () => {
  const ran = await run(example('measure_cover.json'), example('measure_cover.ijm'));
  expectSuccess(ran);
  const results = join(ran.output, 'measure_cover');
  const [row] = await readTable(join(results, '01_002_F_cover.csv'));
  expect(row).toMatchObject({ Plate: '01', Position: '002_F' });
  expect(Number(row!.CoverPercent)).toBeGreaterThan(10);
  expect(Number(row!.CoverPercent)).toBeLessThan(60);
  await expectPicture(join(results, '01_002_D_cover.png'), 1000, 1006);
});

describe('plugins that the starter Fiji does not have are named, with the way to get them', () => {
  test('stardist_nuclei', async () => {
    const { code, stdout } = await run(example('stardist_nuclei.json'), example('stardist_nuclei.py'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/3 × script error: .*StarDist.*update sites/);
  });
});

describe('convert_series, with the Bio-Formats readers', () => {
  let fiji: string;
  beforeAll(async () => {
    const packages = await pythonPackages(['prokaryote==2.4.4']);
    const { start } = await fijiOfToday();
    if (start.kind !== 'jars') throw new Error('the starter Fiji is made of jars');
    // Last on the class path: it has parts of an older SciJava in it.
    const classPath = [...start.jars, join(packages, 'prokaryote', 'prokaryote-2.4.4.jar')].join(':');
    const gateway = fileURLToPath(new URL('../../lib/fiji/runner/gateway.groovy', import.meta.url));
    fiji = join(await aFolder(), 'Fiji.app');
    await mkdir(join(fiji, 'jars'), { recursive: true });
    await writeFile(
      join(fiji, 'ImageJ-linux64'),
      `#!/bin/sh
[ "$1" = --ij2 ] && shift
headless=
[ "$1" = --headless ] && headless=-Djava.awt.headless=true
exec "${start.java}" $headless -cp "${classPath}" groovy.ui.GroovyMain "${gateway}" "$@"
`,
      { mode: 0o755 },
    );
  }, 600_000);

  test('files crossed with series; a series too many is told with how many there are', async () => {
    const starter = process.env.FIJI_HOME;
    process.env.FIJI_HOME = fiji;
    try {
      // Bio-Formats' own test format: what such a file holds is in its name.
      const name = 'two wells&sizeX=120&sizeY=80&series=2&sizeC=2&sizeZ=3&physicalSizeX=0.5.fake';
      const folder = await aFolder();
      await mkdir(join(folder, 'raw'));
      await writeFile(join(folder, 'raw', name), '');
      const job = join(folder, 'series.json');
      await writeFile(
        job,
        JSON.stringify({
          output_file_location: 'series/',
          groups: { image: [`/home/ubuntu/bucket/raw/${name}`], series: '0..2' },
        }),
      );
      const ran = await run(job, example('convert_series.groovy'), folder);
      expect(ran.code).toBe(1);
      expect(`${ran.stdout}${ran.stderr}`).toContain('2 of 3 jobs done');
      expect(ran.stdout).toContain('series 2 does not exist');
      const results = join(ran.output, 'series');
      const [row] = await readTable(join(results, `${name}_s001.csv`));
      expect(row).toMatchObject({ Series: '1', Width: '120', Height: '80', Channels: '2', Slices: '3' });
      expect(Number(row!.PixelSizeMicrometre)).toBe(0.5);
      await expectPicture(join(results, `${name}_s000.png`), 120, 80);
      // Two channels and three slices of 8-bit pixels, and the header.
      expect((await stat(join(results, `${name}_s000.tif`))).size).toBeGreaterThan(120 * 80 * 6);
    } finally {
      process.env.FIJI_HOME = starter;
    }
  });
});
