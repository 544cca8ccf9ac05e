/** What `local` looks at before it starts anything, and what its dry run tells. */
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { progressText } from '../../lib/cli/progress-text.ts';
import { fijiOfToday } from '../fiji/fijis.ts';
import { cli } from './cli.ts';
import { aPlace, JOB, SCRIPT } from './place.ts';

beforeAll(async () => {
  process.env.FIJI_HOME = (await fijiOfToday()).home;
});

describe('inputs that are not there', () => {
  const pathsOf = (shared: string, groups: object): object => ({
    ...JOB,
    shared_metadata: { input_file_location: `/home/ubuntu/bucket/${shared}` },
    groups,
  });

  test('of every job: refused, by the dry run too, with what may be meant', async () => {
    const place = await aPlace(pathsOf('plaet', JOB.groups));
    await mkdir(join(place.input, 'plate'));
    const dry = await cli(...place.args, '--dry-run');
    expect(dry.stdout).toContain('Inputs that are missing');
    for (const { code, stdout, stderr } of [dry, await cli(...place.args)]) {
      // Once, also by the dry run that ends badly.
      expect(
        (stdout + stderr).split('there is no /home/ubuntu/bucket/plaet, which all 6 jobs name'),
      ).toHaveLength(2);
      expect(stdout + stderr).toContain('Is "plate" meant?');
      expect(stderr).toContain('[INPUT_INVALID]');
      expect(code).toBe(1);
    }
    expect(existsSync(place.output)).toBe(false);
    expect((await cli(...place.args, '--dry-run', '--no-check')).code).toBe(0);
  });

  test('of some jobs: said, with how many', async () => {
    const groups = ['A1', 'A2', 'A3'].map((Well) => ({
      Plate: 'P',
      Well,
      image: `/home/ubuntu/bucket/${Well}.tif`,
    }));
    const place = await aPlace(pathsOf('', groups));
    const { code, stdout } = await cli(...place.args, '--dry-run');
    expect(stdout).toContain('"image": there is no /home/ubuntu/bucket/A2.tif, which 1 job names');
    expect(stdout).toContain('A3.tif');
    expect(stdout).not.toContain('no /home/ubuntu/bucket/A1.tif');
    expect(code).toBe(0);
  });

  test('a pattern of "inputs" that no file matches, with what is there instead', async () => {
    const place = await aPlace({
      ...JOB,
      inputs: ['plate/{Well}f*.TIF'],
      groups: { Plate: 'P', Well: 'O1..O3' },
    });
    await mkdir(join(place.input, 'plate'));
    for (const name of ['O01f1.TIF', 'O01f2.TIF', 'N01f1.TIF'])
      await writeFile(join(place.input, 'plate', name), '');
    for (const more of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await cli(...place.args, ...more);
      expect(stderr).toContain('The inputs of all 3 jobs are missing');
      expect(stdout + stderr).toContain(
        `"inputs": no file matches plate/O1f*.TIF, which 1 job names (looked in ${place.input}/plate). There is plate/O01f1.TIF.`,
      );
      expect(code).toBe(1);
    }
    // One of two is enough for a worker: it is told, and refuses nothing.
    await writeFile(place.job, JSON.stringify({ ...JOB, inputs: ['A{Well}*', '/{Well}.tif', '{Well}.*'] }));
    const some = await cli(...place.args, '--no-check', '--dry-run');
    expect(some.stdout).toContain('no file matches AA1*, which 1 job names');
    expect((await cli(...place.args, '--dry-run')).stderr).not.toContain('are missing');
  });

  test('of jobs that are done: their images may be elsewhere by now', async () => {
    const groups = ['A1', 'A4'].map((Well) => ({
      Plate: 'P',
      Well,
      image: `/home/ubuntu/bucket/${Well}.tif`,
    }));
    const place = await aPlace({ ...JOB, groups });
    expect((await cli(...place.args)).code).toBe(0);
    for (const well of ['A1', 'A4']) await rm(join(place.input, `${well}.tif`));
    const again = await cli(...place.args);
    expect(again.stdout).toContain('2 of 2 jobs done, 2 of them before');
    expect(again.code).toBe(0);
  }, 120_000);
});

test('a dry run ends as the run would: parameters that do not fit, a language that Fiji has not', async () => {
  const place = await aPlace(JOB, `#@ String Field\n${SCRIPT}`);
  const misfit = await cli(...place.args, '--dry-run');
  expect(misfit.stdout).toContain('Nothing was run');
  expect(misfit.stdout).toContain('The script needs "Field"');
  expect(misfit.stderr).toContain('The jobs do not fit my script.py, as told above.\nFix: ');
  expect(misfit.code).toBe(1);

  await writeFile(join(place.folder, 'count.lua'), 'print(1)');
  for (const more of [[], ['--dry-run']]) {
    const { code, stderr } = await cli(...place.args, '--script', join(place.folder, 'count.lua'), ...more);
    expect(stderr).toContain('.py (Jython)');
    expect(stderr).toContain('[SCRIPT_INVALID]');
    expect(code).toBe(1);
  }
});

test('a name that is nearly right is told as such by the run, too; so are notes that may say why', async () => {
  const groups = [{ plate: 'P', Well: 'A1..A6' }];
  const place = await aPlace({ ...JOB, groups });
  for (const more of [['--dry-run'], []]) {
    const { stdout, stderr, code } = await cli(...place.args, ...more);
    expect(stdout + stderr).toContain(
      'The script needs "Plate" (String), which is missing in the job. Is "plate" meant?',
    );
    expect(stdout + stderr).toContain('"Well" is "A1..A6" in group 1, which is one value there.');
    expect(code).toBe(1);
  }
});

test('each wrong value is told with its own jobs', async () => {
  const groups = ['5', '2.5', ''].map((cutoff, index) => ({ Plate: 'P', Well: `A${index + 1}`, cutoff }));
  const place = await aPlace({ ...JOB, groups }, `#@ Integer cutoff\n${SCRIPT}`);
  const { stdout, code } = await cli(...place.args, '--dry-run');
  expect(stdout).toContain('"cutoff" must be a whole number; it is "2.5" in job 2 and "" in job 3.');
  expect(code).toBe(1);
});

test('an image as a parameter is refused, whether a job gives something for it or not', async () => {
  const opens = '#@ ImagePlus imp\n#@ Dataset (required=false) mask\n';
  for (const groups of [
    { Plate: 'P', Well: 'A1..A2' },
    { Plate: 'P', Well: 'A1..A2', imp: 'a.tif' },
  ]) {
    const place = await aPlace({ ...JOB, groups }, opens + SCRIPT);
    const { stdout, code } = await cli(...place.args, '--dry-run');
    expect(stdout).toContain('"imp" is an image (ImagePlus), which no job can give');
    expect(stdout).toContain('(#@ File imp) and open it: IJ.openImage(imp.path)');
    expect(stdout).not.toContain('mask');
    expect(code).toBe(1);
  }
});

test('a path of this machine must be there, and is told to be on no other; an output location is none', async () => {
  const script = '#@ File near\n#@ File far\n#@ File home\n#@ File disk\n#@ File (style="save") made\n';
  const place = await aPlace(undefined, script);
  const paths = {
    far: '/nowhere/far.tif',
    home: '~/far.tif',
    disk: 'D:\\far.tif',
    made: '/nowhere/made.tif',
  };
  const shared_metadata = { near: place.script, ...paths };
  const groups = [{ Well: 'A1' }];
  const write = (content: object) => writeFile(place.job, JSON.stringify(content));
  await write({ output_file_location: '/data/{Well}', shared_metadata, groups });
  const { code, stdout } = await cli(...place.args, '--dry-run');
  expect(stdout).toContain(
    'output_file_location "/data/{Well}" means the folder "data/{Well}/" below the output folder',
  );
  expect(stdout).toContain('"far" must be a path that is there');
  expect(stdout).toContain('it is "/nowhere/far.tif" in the job.');
  expect(stdout).toMatch(
    /"home" must be a whole path: ~ .*\n.*"disk" must be a path of this system \(in WSL2/,
  );
  expect(stdout).toContain(`"near" is a path of this machine (${JSON.stringify(place.script)})`);
  expect(stdout).not.toContain('made" must');
  expect(code).toBe(1);

  const good = { near: place.script, far: '/home/ubuntu/bucket/A1.tif', home: place.script };
  await write({ output_file_location: 'o', shared_metadata: { ...paths, ...good, disk: '/tmp' }, groups });
  expect((await cli(...place.args, '--dry-run')).code).toBe(0);
});

test('a language that the starter Fiji has not is refused before workers start', async () => {
  const place = await aPlace();
  const script = join(place.folder, 'compter é.scala');
  await writeFile(script, '#@ String Plate\n#@ String Well\n#@ File input_file_location\nprintln(Plate)\n');
  const { code, stderr } = await cli(...place.args, '--script', script);
  expect(stderr).toContain(
    'compter é.scala is in a language that the Fiji here does not have: it runs .py, .groovy, .ijm',
  );
  expect(stderr).toContain('Fix: Install Fiji');
  expect(code).toBe(1);
  expect(existsSync(place.output)).toBe(false);
});

test('no virtual screen where one is needed: one error with the command that installs it, before workers start', async () => {
  const place = await aPlace();
  const macro = join(place.folder, 'my macro.ijm');
  await writeFile(macro, 'print("x");');
  const path = process.env.PATH;
  // Everything but Xvfb.
  const bin = join(place.folder, 'bin');
  await mkdir(bin);
  for (const name of ['java', 'ps']) {
    const found = path!.split(':').find((folder) => existsSync(join(folder, name)));
    if (found !== undefined) await symlink(join(found, name), join(bin, name));
  }
  const display = ['--virtual-display'];
  const runs = [display, ['--script', macro], [...display, '--dry-run'], ['--script', macro, '-n']];
  try {
    process.env.PATH = bin;
    for (const more of runs) {
      const { code, stderr } = await cli(...place.args, ...more);
      expect(stderr).toContain('Xvfb is not installed');
      expect(stderr).toContain('Install it: ');
      expect(stderr).not.toContain('WORKER_FAILED');
      expect(code).toBe(1);
      expect(existsSync(join(place.output, 'distributed-fiji'))).toBe(false);
    }
  } finally {
    process.env.PATH = path;
  }
});

test('progress says that Fiji starts only as long as that is likely', () => {
  const progress = {
    total: 4,
    before: 0,
    done: 0,
    failed: 0,
    running: 2,
    secondsLeft: undefined,
    windows: [],
  };
  expect(progressText({ ...progress, secondsWithoutEnd: 20 })).toContain('starting Fiji');
  const long = progressText({ ...progress, secondsWithoutEnd: 185 });
  expect(long).toContain('no job has ended yet: the first began 3 min 05 s ago');
  expect(long).not.toContain('starting');
  expect(progressText({ ...progress, done: 1, secondsWithoutEnd: undefined })).not.toMatch(/starting|yet/);
});
