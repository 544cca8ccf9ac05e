import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scalar } from '../../lib/jobs/message.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { resolveInputs } from '../../lib/worker/inputs.ts';
import type { InputsOutcome } from '../../lib/worker/inputs-step.ts';
import { type QueueServer, startQueueServer } from '../fixtures/queue.ts';
import { settingsWith } from './settings.fixture.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

const PLATE = {
  'projects/input/P1_A01f00.tif': 'a01-0',
  'projects/input/P1_A01f01.tif': 'a01-1',
  'projects/input/P1_A02f00.tif': 'a02',
  'projects/input/deep/P1_A01f09.tif': 'deep',
  "projects/it's [1] ü/$HOME.tif": 'hostile',
};

let server: QueueServer;
beforeAll(async () => {
  server = await startQueueServer();
});
afterAll(async () => {
  await server.stop();
  await removeTemporaryFolders();
});

interface Asked {
  readonly parameters: Record<string, Scalar>;
  readonly patterns?: string[];
  readonly room?: number;
  readonly settings?: Parameters<typeof settingsWith>[0];
}

/** Inputs of a worker whose source is a folder that holds PLATE. */
async function inputsOf({ parameters, patterns, room = 1e9, settings }: Asked) {
  const source = await temporaryFolder();
  await fill(source, PLATE);
  const scratch = await temporaryFolder();
  const outcome = await resolveInputs(
    { parameters, patterns, folder: join(scratch, 'inputs'), room: () => Promise.resolve(room) },
    {
      settings: settingsWith({ SOURCE: source, INPUT_MODE: 'download', ...settings }),
      openStore: (address) => openStore(address, { s3: server.s3 }),
    },
  );
  return { outcome, source, scratch };
}

function ready(outcome: InputsOutcome) {
  if (outcome.kind !== 'ready') throw new TypeError(`${outcome.kind}: ${outcome.reason}`);
  return outcome;
}

describe('a parameter that names no input', () => {
  test('reaches the script as it is', async () => {
    const parameters = { Well: 'A01', size: 1024, on: true, path: '/home/ubuntu/bucketful/x', empty: '' };
    const { outcome } = await inputsOf({ parameters });

    expect(ready(outcome).parameters).toEqual(parameters);
    expect(ready(outcome).files).toEqual([]);
  });
});

describe('downloaded', () => {
  test('an object is fetched, and the parameter is its path', async () => {
    const value = "/home/ubuntu/bucket/projects/it's [1] ü/$HOME.tif";
    const { outcome } = await inputsOf({ parameters: { image: value } });
    const { parameters, files } = ready(outcome);

    expect(await readFile(parameters.image as string, 'utf8')).toBe('hostile');
    expect(files).toEqual([
      { key: "projects/it's [1] ü/$HOME.tif", bytes: 7, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test('of a folder everything below it, and the parameter keeps its slash', async () => {
    const { outcome } = await inputsOf({ parameters: { folder: '/home/ubuntu/bucket/projects/input/' } });
    const { parameters, files } = ready(outcome);

    expect(parameters.folder).toMatch(/\/projects\/input\/$/);
    expect((await readdir(parameters.folder as string)).sort()).toEqual([
      'P1_A01f00.tif',
      'P1_A01f01.tif',
      'P1_A02f00.tif',
      'deep',
    ]);
    expect(files.map(({ bytes }) => bytes)).toEqual([5, 5, 3, 4]);
  });

  test('of a folder only what the patterns name, with special characters escaped', async () => {
    const one = await inputsOf({
      parameters: { folder: '/home/ubuntu/bucket/projects/input' },
      patterns: ['projects/input/P1_A01*.tif'],
    });
    const two = await inputsOf({
      parameters: { folder: '/home/ubuntu/bucket/projects' },
      patterns: ["projects/it's \\[1\\] ü/*", '**/P1_A02*'],
    });

    expect(ready(one.outcome).files.map(({ key }) => key)).toEqual([
      'projects/input/P1_A01f00.tif',
      'projects/input/P1_A01f01.tif',
    ]);
    expect(ready(two.outcome).files.map(({ key }) => key)).toEqual([
      'projects/input/P1_A02f00.tif',
      "projects/it's [1] ü/$HOME.tif",
    ]);
  });

  test('what does not fit on the disk is refused before a byte is fetched, with the advice', async () => {
    const { outcome, scratch } = await inputsOf({
      parameters: { folder: '/home/ubuntu/bucket/projects/input' },
      room: 16,
    });

    expect(outcome).toMatchObject({
      kind: 'disk full',
      reason: expect.stringMatching(/in 4 files.*nothing was fetched.*"inputs"/),
    });
    expect(await readdir(scratch)).toEqual([]);
  });

  test.each([
    ['/home/ubuntu/bucket/projects/input/P1_A03.tif', undefined, /image: there is no .*P1_A03.tif/],
    ['/home/ubuntu/bucket/projects/inp', undefined, /there is no/],
    ['/home/ubuntu/bucket/projects/input', ['projects/input/P9*'], /below it for projects\/input\/P9\*/],
  ])('%s with %j is missing', async (image, patterns, reason) => {
    const { outcome } = await inputsOf({ parameters: { image }, ...(patterns && { patterns }) });

    expect(outcome).toMatchObject({ kind: 'input missing', reason: expect.stringMatching(reason) });
  });
});

describe('in the user’s folder', () => {
  test('the parameter is the path there, by the old mount or by the bucket’s name', async () => {
    const { outcome, source } = await inputsOf({
      parameters: { a: '/home/ubuntu/bucket/projects/input/', b: 's3://images/projects/input/P1_A02f00.tif' },
      settings: { INPUT_MODE: 'folder', SOURCE_BUCKET: 'images' },
    });

    expect(ready(outcome).parameters).toEqual({
      a: `${source}/projects/input/`,
      b: `${source}/projects/input/P1_A02f00.tif`,
    });
  });

  test('a file that is not there is missing; so is a folder that is a file', async () => {
    for (const image of ['projects/input/none.tif', 'projects/input/P1_A02f00.tif/']) {
      const { outcome } = await inputsOf({
        parameters: { image: `/home/ubuntu/bucket/${image}` },
        settings: { INPUT_MODE: 'folder' },
      });
      expect(outcome).toMatchObject({ kind: 'input missing' });
    }
  });

  test('another bucket is fetched all the same', async () => {
    await server.createBucket('gallery');
    const { outcome: before } = await inputsOf({
      parameters: { image: 's3://gallery/cells/a.tif' },
      settings: { INPUT_MODE: 'folder', SOURCE_BUCKET: 'images' },
    });
    await openStore('s3://gallery', { s3: server.s3 }).write('cells/a.tif', 'pixels');
    const { outcome } = await inputsOf({
      parameters: { image: 's3://gallery/cells/a.tif' },
      settings: { INPUT_MODE: 'folder', SOURCE_BUCKET: 'images' },
    });

    expect(before).toMatchObject({ kind: 'input missing' });
    expect(await readFile(ready(outcome).parameters.image as string, 'utf8')).toBe('pixels');
  });
});
