import { hash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_SHA256 } from '../../lib/cli/shipped-config.ts';
import { loadInNode } from '../config/load-in-node.ts';
import { cli } from './cli.ts';

const fixture = new URL('../fixtures/configs/fiji.py', import.meta.url).pathname;
let folder: string;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "import it's $HOME é-"));
  output = join(folder, 'config.ts');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('writes a config that loads, and says what it did line by line', async () => {
  const { code, stdout, stderr } = await cli('import-config', fixture, '--output', output);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`${fixture} -> ${output}: 20 options.`);
  expect(stdout).toMatch(/line +\d+ +changed +SQS_MESSAGE_VISIBILITY: 3600 s became 600 s/);
  expect(await loadInNode(folder, 'config.ts')).toMatchObject({
    config: { APP_NAME: 'LabPlates', SQS_MESSAGE_VISIBILITY: 600 },
  });
});

test('leaves a file that exists as it is, unless --force', async () => {
  await writeFile(output, 'mine');
  const refused = await cli('import-config', fixture, '--output', output);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('exists');
  expect(refused.stderr).toContain('Fix: add --force');
  expect(await readFile(output, 'utf8')).toBe('mine');

  expect((await cli('import-config', fixture, '--output', output, '--force')).code).toBe(0);
  expect(await readFile(output, 'utf8')).toContain('LabPlates');
});

test('replaces the config.ts that came with the project, as long as nobody has changed it', async () => {
  const shipped = await readFile(new URL('../../config.ts', import.meta.url), 'utf8');
  expect(hash('sha256', shipped)).toBe(SHIPPED_SHA256);
  for (const text of [shipped, shipped.replaceAll('\n', '\r\n')]) {
    await writeFile(output, text);
    expect(await cli('import-config', fixture, '--output', output)).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(output, 'utf8')).toContain('LabPlates');
  }
  await writeFile(output, shipped.replace('MEMORY: 6000', 'MEMORY: 6001'));
  expect((await cli('import-config', fixture, '--output', output)).code).toBe(1);
  expect(await readFile(output, 'utf8')).toContain('MEMORY: 6001');
});

test('options that do not fit together: the file is there, what to mend is said, and it fails', async () => {
  const python = join(folder, 'config.py');
  await writeFile(python, "MEMORY = 15000\nMACHINE_TYPE = ['m5.large']\n");
  const { code, stderr } = await cli('import-config', python, '--output', output);
  expect(code).toBe(1);
  expect(stderr).toContain('config.ts has a mistake:');
  expect(stderr).toContain('Fix: write MEMORY: 7608 or less');
  expect(await readFile(output, 'utf8')).toContain('MEMORY: 15000');
});

test('what is doubtful in the new config is told at once', async () => {
  const python = join(folder, 'config.py');
  await writeFile(python, "MEMORY = 7500\nMACHINE_TYPE = ['m5.large']\n");
  const { code, stderr } = await cli('import-config', python, '--output', output);
  expect(stderr).toMatch(
    /^Note: MEMORY 7500 x TASKS_PER_MACHINE 1 is tight .* Fix: write MEMORY: \d+ to be sure/,
  );
  expect(code).toBe(0);
});

test.each([
  ['a file that is not there', undefined, 'There is no file'],
  ['a file without any option', 'print("hello")\n', 'no option that could be used'],
])('%s', async (_, text, said) => {
  const python = join(folder, 'config.py');
  if (text !== undefined) await writeFile(python, text);
  const { code, stderr } = await cli('import-config', python, '--output', output);
  expect(code).toBe(1);
  expect(stderr).toContain(said);
  expect(stderr).toContain('Fix: ');
  await expect(readFile(output)).rejects.toThrow('ENOENT');
});

test('an output folder that is not there', async () => {
  const { code, stderr } = await cli('import-config', fixture, '--output', join(folder, 'gone', 'config.ts'));
  expect(code).toBe(1);
  expect(stderr).toContain('cannot be written');
  expect(stderr).toContain('Fix: ');
});
