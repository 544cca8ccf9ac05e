/** A worker that must leave while it stores something huge: what cannot arrive in time is cut, and nothing of it is left. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateBucketCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3Client } from '../../lib/aws/clients.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { MULTIPART_BYTES } from '../../lib/store/s3/put-output.ts';
import { type Moto, motoIsMissing, startMoto } from '../fixtures/moto.ts';
import { ANY_KEYS } from '../fixtures/queue.ts';
import { startStuckUploads } from '../fixtures/stuck-uploads.ts';
import { openWorld, recordsIn, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;
const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`a huge output${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let world: World;
  let moto: Moto;
  beforeAll(async () => {
    [world, moto] = await Promise.all([openWorld(), startMoto()]);
  });
  afterAll(async () => {
    await world.end();
    await moto.stop();
  });

  test('SIGTERM while it is stored: cut after some seconds, no part left, and the job is given back', async () => {
    const scene = await world.scene();
    const s3 = s3Client({ endpoint: moto.endpoint, region: 'us-east-1', credentials: ANY_KEYS });
    await s3.send(new CreateBucketCommand({ Bucket: 'results' }));
    const results = openStore('s3://results', { s3 });
    const uploads = async () =>
      (await s3.send(new ListMultipartUploadsCommand({ Bucket: 'results' }))).Uploads ?? [];
    const line = await startStuckUploads(moto.endpoint, 1, /partNumber=/);
    const Metadata = { what: 'write', file: 'huge.tif', bytes: 2 * MULTIPART_BYTES };
    await scene.send({ run: 'r', job: 'huge', Metadata, output_file_location: 'out/' });
    const worker = scene.startWorker(
      {
        SCRIPT_DOWNLOAD_URL: SCRIPT,
        DESTINATION: 's3://results',
        SQS_MESSAGE_VISIBILITY: 4,
        IDLE_SECONDS: 3600,
      },
      { AWS_ENDPOINT_URL_S3: line.endpoint },
    );
    await line.stuck;
    expect(await uploads()).toHaveLength(1);

    const told = Date.now();
    worker.process.kill('SIGTERM');
    await worker.finished();
    expect(Date.now() - told).toBeLessThan(60_000); // of the two minutes that a Spot notice leaves
    expect(await uploads()).toEqual([]);
    expect(await results.head('out/huge.tif')).toBeUndefined();
    expect(await recordsIn(results, 'r')).toMatchObject([
      { outcome: 'interrupted', final: false, attempt: 1 },
    ]);
    // The worker's last poll may have got it, with nobody left to hear of it: then it comes after its lease.
    let back = await scene.receive();
    for (const begun = Date.now(); back.length === 0 && Date.now() - begun < 30_000; await sleep(500)) {
      back = await scene.receive();
    }
    expect(back).toMatchObject([{ job: 'huge', history: { failures: [], interruptions: 1 } }]);
    s3.destroy();
    await line.stop();
  });
});
