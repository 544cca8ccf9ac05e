/** The worker as it runs in the cloud with DOWNLOAD_FILES: images from one bucket, results to another. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { openStore } from '../../lib/store/open-store.ts';
import { openWorld, recordsIn, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

test('inputs are fetched, outputs put, a folder that does not fit refused', async () => {
  const scene = await world.scene();
  const { server } = world;
  await server.createBucket('images');
  await server.createBucket('results');
  const [images, results] = ['s3://images', 's3://results'].map((address) =>
    openStore(address, { s3: server.s3 }),
  );
  for (const well of ['A01', 'A02']) await images!.write(`plate 1/${well} ü.tif`, `pixels of ${well}`);
  await images!.write('large/all.tif', 'x'.repeat(100_000));
  await images!.write(
    'scripts/behave.groovy',
    await (
      await openStore(new URL('.', SCRIPT).pathname).read('behave.groovy')
    )
      .toArray()
      .then((parts) => Buffer.concat(parts)),
  );

  const job = (name: string, Metadata: Record<string, string>, more: object = {}) => ({
    run: 'r',
    job: name,
    Metadata,
    output_file_location: 'out',
    ...more,
  });
  await scene.send(
    job('one', { what: 'copy', file: 'a.tif', image: 's3://images/plate 1/A01 ü.tif' }),
    job(
      'some',
      { what: 'list', file: 'list.txt', image: '/home/ubuntu/bucket/plate 1' },
      { inputs: ['plate 1/A02*'] },
    ),
    job('all', { what: 'list', file: 'all.txt', image: 's3://images/plate 1/' }),
    job('large', { what: 'list', file: 'x.txt', image: 's3://images/large' }),
  );
  await scene
    .startWorker({
      INPUT_MODE: 'download',
      SOURCE: 's3://images',
      DESTINATION: 's3://results',
      SCRIPT_DOWNLOAD_URL: 's3://images/scripts/behave.groovy',
      JOB_RETRIES: 1,
      DISK_BYTES: 100_000,
    })
    .finished();

  const text = async (key: string) => (await (await results!.read(key)).toArray()).join('');
  expect(await text('out/a.tif')).toBe('pixels of A01');
  expect(await text('out/list.txt')).toBe('A02 ü.tif');
  expect(await text('out/all.txt')).toBe('A01 ü.tif\nA02 ü.tif');

  const records = new Map((await recordsIn(results!, 'r')).map((record) => [record.job, record]));
  expect(records.get('some')).toMatchObject({
    outcome: 'success',
    inputs: [{ key: 'plate 1/A02 ü.tif', bytes: 13, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    outputs: [{ key: 'out/list.txt' }],
  });
  expect(records.get('large')).toMatchObject({
    outcome: 'disk full',
    reason: expect.stringMatching(/1 files?.*nothing was fetched.*"inputs"/),
  });
  expect(await text(records.get('one')?.log ?? '')).toMatch(/did: copy/);
  expect(await readdir(scene.scratch)).toEqual([]);
});
