import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openStore } from '../../lib/store/open-store.ts';
import { resolveInputs } from '../../lib/worker/inputs.ts';
import { asMountGone, checkMount, MountGoneError } from '../../lib/worker/mount.ts';
import { canMount } from './root.ts';
import { settingsWith } from './settings.fixture.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

const mounted: string[] = [];
afterAll(async () => {
  for (const path of mounted) execFileSync('umount', [path]);
  await removeTemporaryFolders();
});

async function mountedFolder(): Promise<string> {
  const path = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  mounted.push(path);
  return path;
}

function inputsUnder(mount: string, image: string) {
  return resolveInputs(
    { parameters: { image }, patterns: undefined, folder: '/nowhere', room: () => Promise.resolve(0) },
    {
      settings: settingsWith({ INPUT_MODE: 'mount', SOURCE: 's3://images', MOUNT_PATH: mount }),
      openStore: (address) => openStore(address),
    },
  );
}

describe('a folder that is no mount', () => {
  test('is told apart from an empty bucket, and no job fails for it', async () => {
    const folder = await temporaryFolder();

    await expect(checkMount(folder)).rejects.toThrow(MountGoneError);
    await expect(inputsUnder(folder, '/home/ubuntu/bucket/a.tif')).rejects.toThrow(
      /not mounted at .*nothing is mounted there/,
    );
  });

  test('does not matter to a job that names no input', async () => {
    await expect(inputsUnder('/nowhere', 'plain')).resolves.toMatchObject({ kind: 'ready' });
  });
});

test('a mount that died is recognised by what it answers; one refused object is not', () => {
  const answer = (code: string) => Object.assign(new TypeError(code), { code });

  expect(asMountGone(answer('ENOTCONN'), '/bucket')).toBeInstanceOf(MountGoneError);
  expect(asMountGone(answer('EIO'), '/bucket')).toBeUndefined();
  expect(asMountGone(answer('ENOENT'), '/bucket')).toBeUndefined();
});

// Mounting needs root: elsewhere only the refusals above are seen.
(canMount() ? describe : describe.skip)('a mount, with blanks and quotes in its path', () => {
  test('turns the old prefix and the bucket’s address into a path under it', async () => {
    const mount = await mountedFolder();
    await fill(mount, { 'a/b ü.tif': 'x' });

    await expect(checkMount(mount)).resolves.toBeUndefined();
    for (const image of [
      '/home/ubuntu/bucket/a/b ü.tif',
      's3://images/a/b ü.tif',
      join(mount, 'a/b ü.tif'),
    ]) {
      await expect(inputsUnder(mount, image)).resolves.toEqual({
        kind: 'ready',
        parameters: { image: join(mount, 'a/b ü.tif') },
        files: [{ key: 'a/b ü.tif', bytes: 1 }],
      });
    }
  });

  test('without the file: the input is missing', async () => {
    const mount = await mountedFolder();

    await expect(inputsUnder(mount, 's3://images/none.tif')).resolves.toMatchObject({
      kind: 'input missing',
      reason: expect.stringContaining('s3://images/none.tif'),
    });
  });
});
