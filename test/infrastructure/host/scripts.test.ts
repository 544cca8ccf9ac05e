/** The scripts as files. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hostFiles } from '../../../lib/infrastructure/user-data.ts';

const HOST = fileURLToPath(new URL('../../../lib/infrastructure/host/', import.meta.url));

const shellcheckIsMissing = spawnSync('shellcheck', ['--version']).error !== undefined;
(shellcheckIsMissing ? test.skip : test)('the scripts are clean for shellcheck', () => {
  const scripts = hostFiles().filter((name) => name.endsWith('.sh'));
  const { stdout, status } = spawnSync('shellcheck', ['--shell', 'bash', ...scripts], {
    cwd: HOST,
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
