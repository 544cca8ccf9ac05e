import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from './cli.ts';

test('--help names the commands', async () => {
  const { code, stdout } = await cli('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('import-config');
});

test.each(['local', 'enqueue', 'monitor'])('%s --help shows --config', async (command) => {
  expect((await cli(command, '--help')).stdout).toContain('--config <file>');
});

test.each(['local', 'enqueue'])('%s --help says all that --no-check lets pass', async (command) => {
  const help = (await cli(command, '--help')).stdout.replaceAll(/\s+/g, ' ');
  expect(help).toContain('do not fit the script, or all their inputs are missing');
});

test('--config before the command is the config, whatever its name', async () => {
  const { code, stderr } = await cli('--config', 'local', 'enqueue', 'job.json', '--dry-run');
  expect(code).toBe(1);
  expect(stderr).toContain('There is no config at');
});

test('an unknown command is answered with the nearest, and the code of a wrong call', async () => {
  const { code, stderr } = await cli('import-confg');
  expect(code).toBe(2);
  expect(stderr).toContain('import-config');
});

test('a missing argument is named', async () => {
  const { code, stderr } = await cli('import-config');
  expect(code).toBe(2);
  expect(stderr).toContain("missing required argument 'config.py'");
});

describe('a bad config is refused in the same words by every command that reads one', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "config it's é-"));
    await writeFile(join(folder, 'job.json'), '{"output_file_location":"o","groups":[{"Well":"A1"}]}');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test.each([
    ['no config', undefined, 'CONFIG_MISSING', 'There is no config at'],
    ['a syntax error', "export default { APP_NAME: 'a' MEMORY: 1 };\n", 'CONFIG_INVALID', 'at line 1'],
    [
      'six mistakes',
      "export default { APP_NAME: 'a b', AWS_BUCKET: 'A', MEMORI: 1, MACHINE_PRICE: '', CLUSTER_MACHINES: 0, MEMORY: 9000 };\n",
      'CONFIG_INVALID',
      'config.ts has 6 mistakes:',
    ],
  ])('%s', async (_, text, code, said) => {
    const config = join(folder, 'config.ts');
    if (text !== undefined) await writeFile(config, text);
    const job = join(folder, 'job.json');
    const [local, enqueue, monitor] = await Promise.all([
      cli('local', job, '--config', config),
      cli('enqueue', job, '--config', config),
      cli('monitor', '--config', config),
    ]);
    expect(local.code).toBe(1);
    expect(local.stderr).toContain(said);
    expect(local.stderr).toContain('Fix: ');
    expect(local.stderr).toContain(`[${code}]`);
    expect([enqueue, monitor]).toEqual([local, local]);
  });
});
