import { afterAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorker } from '../../lib/worker/bundle.ts';
import { toEnvironment } from '../../lib/worker/settings.ts';
import { settingsWith } from './settings.fixture.ts';
import { removeTemporaryFolders, temporaryFolder } from './temporary.ts';

afterAll(removeTemporaryFolders);

/** A container's worker brings no Fiji of its own: it would lack the plugins for which the image was chosen. */
test('an image without Fiji is refused by its name, with what to do, before a job is taken', async () => {
  const [folder, home] = [await temporaryFolder(), await temporaryFolder()];
  const { entry } = await bundleWorker(folder);
  const script = join(home, 'count.py');
  await writeFile(script, 'print(1)\n');
  const image = 'my-lab/no fiji:1';
  const env = {
    ...toEnvironment(
      settingsWith({ SCRIPT_DOWNLOAD_URL: script, SCRATCH: join(home, 'scratch'), DOCKERHUB_TAG: image }),
    ),
    HOME: home,
    PATH: '/usr/bin:/bin',
  };
  await expect(promisify(execFile)(process.execPath, [entry], { cwd: '/', env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^There is no Fiji in the image my-lab\/no fiji:1 \(DOCKERHUB_TAG\)[^]*\nFix: Set DOCKERHUB_TAG in config\.ts/,
    ),
  });
});
