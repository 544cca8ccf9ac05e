/** `npm run local job.json --dry-run`: npm keeps the option, and nothing may happen that was only to be shown. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { program } from '../../lib/cli/program.ts';
import { aFolder } from '../fixtures/folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
let settings: string;

/** The npm of this machine, with settings of its own. */
async function npm(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const outer = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = { ...Object.fromEntries(outer), npm_config_userconfig: settings };
  return new Promise((resolve) => {
    const child = execFile('npm', args, { cwd: project, env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? 0, said: stdout + stderr });
    });
  });
}

beforeAll(async () => {
  settings = join(await aFolder(), 'npmrc');
  await writeFile(settings, 'audit=false\n');
});

test.each([
  [
    ['local', 'job.json', '--dry-run'],
    'npm took --dry-run for itself',
    'npm run local -- job.json --dry-run',
  ],
  [['enqueue', "pl'ate.json", '-n'], 'npm took -n for', `npm run enqueue -- 'pl'\\''ate.json' -n`],
  [['deploy', '-c', 'lab.ts'], 'npm took -c for', 'npm run deploy -- -c lab.ts'],
  [
    ['local', 'j.json', '--no-check', '--tries=2'],
    'npm took --tries, --no-check',
    'npm run local -- j.json --tries 2 --no-check',
  ],
  // Which of the words belongs to which option, npm does not tell.
  [
    ['local', '--input', '/plate', 'j.json', '--fiji-script', 's.py'],
    'npm took --input, --fiji-script',
    'npm run local -- <job-file> --input <folder> --fiji-script <file>',
  ],
  [['destroy', '--force', '--', '-c', 'x.ts'], 'npm took --force', 'npm run destroy -- -c x.ts --force'],
])('npm run %j is refused, with the command that is right', async (args, taken, right) => {
  const { code, said } = await npm('run', ...args);
  expect(said).toContain(taken);
  expect(/^Fix: Put -- before \w+: (.*)$/m.exec(said)?.[1]).toBe(right);
  expect(code).toBe(2);
});

test('behind -- they arrive, the older name of --fiji-script too', async () => {
  const { said } = await npm(
    'run',
    'local',
    '--',
    'none.json',
    '--dry-run',
    '--script',
    'x.py',
    '--tries',
    '2',
  );
  expect(said).toContain('none.json: there is no such file');
});

test('a word left over is no job, and what to do is said', async () => {
  const { code, said } = await npm('run', 'local', 'job.json', '-s', 'script.py');
  expect(said).toMatch(/too many arguments[^]*npm run local -- --help .*without that -- npm keeps options/);
  expect(code).toBe(2);
});

test('what npm was told for good, in its settings, is nobody’s mistake', async () => {
  await writeFile(settings, ' dry-run = true\nforce=true\nyes=false\n');
  const { said } = await npm('run', 'local', '--', 'none.json');
  expect(said).toContain('none.json: there is no such file');
});

test('no other option is one of npm’s own, or the beginning of one: it would not be known as taken', async () => {
  const { said } = await npm('config', 'ls', '-l', '--json');
  const npmsOwn = Object.keys(JSON.parse(said.slice(said.indexOf('{'))) as object);
  const ours = await Promise.all(
    (await program([])).commands.map(async (command) => {
      const called = (await program([command.name()])).commands.find((one) => one.name() === command.name());
      return called?.options.map(({ long }) => long?.replace(/^--(no-)?/, '') ?? '') ?? [];
    }),
  );
  const names = new Set(ours.flat());
  expect(names).toContain('fiji-script');
  const taken = [...names].filter((name) => npmsOwn.some((own) => own.startsWith(name)));
  expect(taken.sort()).toEqual(['dry-run', 'force', 'script']);
});
