import { cli } from './cli.ts';

test('--help names the commands', async () => {
  const { code, stdout } = await cli('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('import-config');
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
