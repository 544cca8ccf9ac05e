/** `local` as a process, the way its users start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { refuseWindows } from '../../lib/cli/local-setup.ts';
import { readRecords } from '../../lib/records/reader.ts';
import { summarize } from '../../lib/records/summary.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { fijiOfToday } from '../fiji/fijis.ts';
import { descendants, isAlive } from '../fixtures/processes.ts';
import { cli } from './cli.ts';
import { aPlace, JOB, SCRIPT, type Place } from './place.ts';

beforeAll(async () => {
  process.env.FIJI_HOME = (await fijiOfToday()).home;
});

describe('what is wrong is said before anything starts: what, the value, the fix', () => {
  test.each<[string, string, (place: Place) => Promise<unknown> | unknown, readonly string[]]>([
    ['no job file', 'no such file', () => undefined, ['local', '/nowhere/job.json', '--input', '/']],
    ['a job file that is not JSON', 'line 2', ({ job }) => writeFile(job, '{\n  "groups" = []\n}'), []],
    [
      'no groups',
      'its list of groups is empty',
      ({ job }) => writeFile(job, '{"output_file_location":"o","groups":[]}'),
      [],
    ],
    ['no input folder', 'There is no input folder at /nowhere', () => undefined, ['--input', '/nowhere']],
    ['an empty input folder', 'is empty', ({ folder }) => mkdir(join(folder, 'empty')), ['--input', 'EMPTY']],
    ['no script', 'There is no script at /nowhere/x.py', () => undefined, ['--script', '/nowhere/x.py']],
    ['an unknown language', 'in no language that Fiji runs', () => undefined, ['--script', 'JOB']],
    [
      'results below a file',
      'my jobs.json is a file, not a folder.',
      () => undefined,
      ['--output', 'JOB/sub'],
    ],
    [
      'results where nothing can be made',
      'Results cannot be written to /proc/x',
      () => undefined,
      ['--output', '/proc/x'],
    ],
    [
      'a parameter that no job gives',
      'The script needs "Field"',
      ({ script }) => writeFile(script, `#@ String Field\n${SCRIPT}`),
      [],
    ],
    ['a FIJI_HOME that is none', 'FIJI_HOME does not exist', () => (process.env.FIJI_HOME = '/nowhere'), []],
  ])('%s', async (_, said, spoil, change) => {
    const place = await aPlace();
    const home = process.env.FIJI_HOME;
    await spoil(place);
    const meant = change.map((word) =>
      word.replace('EMPTY', join(place.folder, 'empty')).replace('JOB', place.job),
    );
    const { code, stderr } = await cli(...(meant[0] === 'local' ? meant : [...place.args, ...meant]));
    process.env.FIJI_HOME = home;
    expect(stderr).toContain(said);
    expect(stderr).toContain('Fix: ');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
    expect(existsSync(join(place.output, 'distributed-fiji'))).toBe(false);
  });

  test('native Windows', () => {
    expect(() => refuseWindows('win32')).toThrow('does not run on Windows itself');
    expect(() => refuseWindows('darwin')).not.toThrow();
  });

  test('a number of workers that is none', async () => {
    const { code, stderr } = await cli('local', 'job.json', '--workers', '0');
    expect(stderr).toContain('whole number, 1 or more');
    expect(code).toBe(2);
  });
});

test('--dry-run shows what would run, and writes nothing', async () => {
  const place = await aPlace();
  const { code, stdout } = await cli(...place.args, '--dry-run');
  expect(stdout).toContain('6 jobs');
  expect(stdout).toContain('Nothing was run');
  expect(stdout).toContain('The inputs that the jobs name are there.');
  expect(code).toBe(0);
  expect(existsSync(place.output)).toBe(false);
});

test('failures by cause, with the log; then the same command does only what is not done', async () => {
  const place = await aPlace();
  const first = await cli(...place.args);
  expect(first.code).toBe(1);
  expect(first.stdout).toContain('4 of 6 jobs done');
  expect(first.stdout).toMatch(/2 × script error: .*my script\.py line 8/);
  const log = /log of the first: (.*\.log)/.exec(first.stdout)?.[1];
  expect(await readFile(log!, 'utf8')).toContain('A2.tif');
  expect(first.stderr).toContain('2 of 6 jobs failed.');

  const dry = await cli(...place.args, '--dry-run');
  expect(dry.stdout).toContain('4 jobs of 6 are done already and would be left out: 2 would be run.');

  await writeFile(join(place.input, 'A2.tif'), 'A2');
  await writeFile(join(place.input, 'A3.tif'), 'A3');
  const second = await cli(...place.args);
  expect(`${second.stdout}${second.stderr}`).toContain('6 of 6 jobs done, 4 of them before');
  expect(second.code).toBe(0);
  // The log of the attempt that failed is not written over.
  expect(await readFile(log!, 'utf8')).toMatch(/script error: .*A2\.tif/);
  const out = join(place.output, 'out');
  expect((await readdir(out)).sort()).toEqual(
    ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'].map((well) => `${well}.copy`),
  );
  for (const well of ['A1', 'A2', 'A6']) {
    expect(await readFile(join(out, `${well}.copy`), 'utf8')).toBe(well);
  }

  const third = await cli(...place.args);
  expect(third.stdout).toContain('6 of 6 jobs done, 6 of them before');
  expect(third.code).toBe(0);
  // One record of success for each job: nothing was done twice.
  let successes = 0;
  for await (const { outcome } of readRecords(new FolderStore(place.output), 'DistributedFiji', 'my-jobs')) {
    successes += outcome === 'success' ? 1 : 0;
  }
  expect(successes).toBe(6);
}, 300_000);

test('results in the input folder are no images of the next run', async () => {
  const copy = `#@ String Well\n#@ File image\n#@ File output_directory\nfrom java.io import File\nfrom java.nio.file import Files\nFiles.copy(image.toPath(), File(output_directory, Well + '.tif').toPath())\n`;
  const files = {
    files: '{top:.*}{Well:A\\d}.tif',
    by: ['Well'],
    parameters: { image: '/home/ubuntu/bucket/{file}' },
  };
  const place = await aPlace({ output_file_location: '', groups: files }, copy);
  const args = place.args.map((word) => (word === place.output ? join(place.input, 'mine') : word));
  const first = await cli(...args);
  expect(`${first.stdout}${first.stderr}`).toContain('4 of 4 jobs done');
  expect((await cli(...args)).stdout).toContain('4 of 4 jobs done, 4 of them before');
}, 120_000);

test('workers that cannot work: what is done and what failed is told all the same', async () => {
  const place = await aPlace();
  const home = join(place.folder, 'Fiji.app');
  await mkdir(join(home, 'jars'), { recursive: true });
  await writeFile(join(home, 'fiji'), '#!/bin/sh\necho this Fiji is broken >&2\nexit 3\n', { mode: 0o755 });
  const usual = process.env.FIJI_HOME;
  process.env.FIJI_HOME = home;
  try {
    const { code, stdout, stderr } = await cli(...place.args);
    expect(stdout).toContain('0 of 6 jobs done');
    expect(stdout).toContain('Results are in');
    expect(stderr).toContain('Workers gave up 3 times in a row');
    expect(stderr).toContain('this Fiji is broken');
    expect(code).toBe(1);
  } finally {
    process.env.FIJI_HOME = usual;
  }
}, 120_000);

test('Ctrl-C: a second run is refused meanwhile, nobody is left behind, and what is done stays', async () => {
  const groups = { Plate: 'P', Well: 'A1..A40' };
  const slow = `#@ String Well\n#@ File output_directory\nimport time, io\nfrom java.io import File\ntime.sleep(0.5)\nio.open(File(output_directory, Well + '.txt').path, 'w').write(u'x')\n`;
  const place = await aPlace({ ...JOB, groups }, slow);
  const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', bin('node-version.mjs'), bin('distributed-fiji.ts'), ...place.args],
    {
      env: { ...process.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const exited = once(child, 'exit');
  const done = async (): Promise<number> =>
    (await summarize(readRecords(new FolderStore(place.output), 'DistributedFiji', 'my-jobs'))).done;
  while ((await done()) < 5 && child.exitCode === null) await sleep(200);

  const other = await cli(...place.args);
  expect(other.stderr).toContain('Another run is at work');
  expect(other.code).toBe(1);

  const everybody = await descendants(child.pid!);
  child.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  expect(printed).toMatch(/Stopped: \d+ of 40 jobs are done\./);
  // The bar above the word of it, and what comes below.
  expect(printed).toMatch(/ of 40 done, \d+ running\n\nStopping: /);
  expect(printed.slice(printed.indexOf('Stopping: '))).not.toMatch(/about .* left|no job has ended/);
  expect(code).toBe(1);
  expect(await Promise.all(everybody.map(isAlive))).toEqual(everybody.map(() => false));
  const before = await done();
  expect(before).toBeGreaterThanOrEqual(2);
  expect(before).toBeLessThan(40);
  expect(printed).toContain(`Stopped: ${before} of 40`);
  const texts = await readdir(join(place.output, 'out'));
  expect(texts.length).toBe(before);
}, 300_000);
