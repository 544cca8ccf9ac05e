/** Full disks, for real: file systems of a few megabytes. Mounting them needs root; elsewhere these tests are skipped. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import type { JobRecord } from '../../lib/records/record.ts';
import { canMount } from './root.ts';
import { fill, temporaryFolder } from './temporary.ts';
import { openWorld, type Scene, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

(canMount() ? describe : describe.skip)('a disk that is full', () => {
  let world: World;
  let scene: Scene;
  let scratch: string;
  let records: Map<string, JobRecord>;
  const mounted: string[] = [];

  async function smallDisk(size: string): Promise<string> {
    const path = await temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
    mounted.push(path);
    return path;
  }

  const job = (name: string, Metadata: Record<string, string | number>, more: object = {}) => ({
    run: 'r',
    job: name,
    Metadata,
    output_file_location: 'out',
    ...more,
  });

  beforeAll(async () => {
    world = await openWorld();
    scene = await world.scene();
    scratch = await smallDisk('12m');
    const destination = await smallDisk('2m');
    await fill(scene.source, { 'large.tif': 'x'.repeat(20_000_000) });
    await scene.send(
      job('inputs', { what: 'copy', image: '/home/ubuntu/bucket/large.tif' }),
      job('script', { what: 'fill' }),
      job('outputs', { what: 'write', file: 'large.bin', bytes: 3_000_000 }),
      job('fits', { what: 'write', file: 'small.bin', bytes: 1000 }),
    );
    await scene
      .startWorker({
        SCRIPT_DOWNLOAD_URL: SCRIPT,
        INPUT_MODE: 'download',
        SCRATCH: scratch,
        DESTINATION: destination,
        JOB_RETRIES: 1,
      })
      .finished();
    records = new Map((await scene.records('r', destination)).map((record) => [record.job, record]));
  });
  afterAll(async () => {
    for (const path of mounted) execFileSync('umount', [path]);
    await world.end();
  });

  test.each([
    ['inputs', 'disk full', /the inputs are 20\.0 MB in 1 file, .*nothing was fetched/],
    ['script', 'disk full', /No space left on device/],
    ['outputs', 'disk full', /large\.bin.*the disk is full/],
    ['fits', 'success', /^$/],
  ])('while %s: %s', (name, outcome, reason) => {
    expect(records.get(name)).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
  });

  test('leaves nothing behind', async () => {
    expect(await readdir(scratch)).toEqual([]);
  });
});
