import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/aws/clients.ts';
import { MULTIPART_BYTES } from '../../lib/store/s3/put-output.ts';
import { S3Store } from '../../lib/store/s3-store.ts';
import { parseUploadFlags } from '../../lib/store/upload-flags.ts';
import { aFolder } from '../fixtures/folder.ts';
import { motoIsMissing, startMoto, type Moto } from '../fixtures/moto.ts';
import { ANY_KEYS, startQueueServer, type QueueServer } from '../fixtures/queue.ts';
import { startStuckUploads } from '../fixtures/stuck-uploads.ts';
import { aFile, keysOf, ownershipContract, storeContract } from './contract.ts';

let buckets = 0;

describe('on fauxqs', () => {
  let server: QueueServer;
  beforeAll(async () => {
    server = await startQueueServer();
  });
  afterAll(() => server.stop());

  async function open(): Promise<S3Store> {
    const bucket = `bucket-${buckets++}`;
    await server.createBucket(bucket);
    return new S3Store(server.s3, bucket);
  }
  storeContract(open, { sorts: false });
});

const missing = motoIsMissing();
const onMoto = missing === undefined ? describe : describe.skip;

onMoto(missing === undefined ? 'on moto' : `on moto: ${missing}`, () => {
  let moto: Moto;
  let client: S3Client;
  beforeAll(async () => {
    moto = await startMoto();
    client = s3Client({ endpoint: moto.endpoint, region: 'us-east-1', credentials: ANY_KEYS });
  }, 400_000);
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  async function aBucket(): Promise<string> {
    const bucket = `bucket-${buckets++}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return bucket;
  }
  const open = async () => new S3Store(client, await aBucket());

  storeContract(open);
  ownershipContract(open);

  test('a file too large for one request is sent in parts, and is owned all the same', async () => {
    const [bucket, large] = [await aBucket(), new Uint8Array(MULTIPART_BYTES + 1).fill(7)];
    const store = new S3Store(client, bucket);
    const put = async (content: Uint8Array | string, job = 'a1') =>
      store.put('out/l.tif', await aFile(content), { run: 'r', job });

    expect(await put(large)).toEqual({ kind: 'written' });
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'out/l.tif' }));
    // S3 names an object of five parts so.
    expect(head.ETag).toMatch(/-5"$/);
    expect(head).toMatchObject({ ContentType: 'image/tiff', Metadata: { 'df-run': 'r', 'df-job': 'a1' } });
    expect(await put(large, 'b2')).toEqual({ kind: 'collision', owner: 'a1' });
    expect(await put(large)).toEqual({ kind: 'written' });
    expect(await put('small')).toEqual({ kind: 'written' });
    expect(await text(await store.read('out/l.tif'))).toBe('small');
  });

  test.each([
    ['in parts', MULTIPART_BYTES * 2, 2],
    ['in parts, before the first has arrived', MULTIPART_BYTES * 2, 0],
    ['in one request', 1_000_000, 0],
  ])('an upload that is cut leaves nothing: %s', async (_, bytes, after) => {
    const bucket = await aBucket();
    const line = await startStuckUploads(moto.endpoint, after);
    const slow = s3Client({ endpoint: line.endpoint, region: 'us-east-1', credentials: ANY_KEYS });
    const stop = new AbortController();
    const put = new S3Store(slow, bucket).put(
      'out/huge.tif',
      await aFile(new Uint8Array(bytes)),
      { run: 'r', job: 'a1' },
      stop.signal,
    );
    put.catch(() => undefined);
    await line.stuck;
    const uploads = async () =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
    expect(await uploads()).toHaveLength(bytes > MULTIPART_BYTES ? 1 : 0);

    stop.abort('the machine is taken back');
    await expect(put).rejects.toBe('the machine is taken back');
    expect(await uploads()).toEqual([]);
    expect(await keysOf(new S3Store(client, bucket), '')).toEqual([]);
    slow.destroy();
    await line.stop();
  });

  test('UPLOAD_FLAGS are how outputs are put; of records they say only who may read them', async () => {
    const bucket = await aBucket();
    const flags =
      '--acl bucket-owner-full-control --storage-class STANDARD_IA --sse --content-type image/ome-tiff';
    const store = new S3Store(client, bucket, parseUploadFlags(flags));
    await store.put('out/é b.tif', await aFile('x'), { run: 'Plaque é', job: 'a1' });
    await store.write('records/1.jsonl', '');

    const look = async (Key: string) => client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    expect(await look('out/é b.tif')).toMatchObject({
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'AES256',
      ContentType: 'image/ome-tiff',
      Metadata: { 'df-run': 'Plaque%20%C3%A9', 'df-job': 'a1' },
    });
    const written = await look('records/1.jsonl');
    expect(written).toMatchObject({ ServerSideEncryption: 'AES256', ContentType: 'application/x-ndjson' });
    expect(written.StorageClass).toBeUndefined();
  });

  test('a listing of more than a page is whole', async () => {
    const store = await open();
    const keys = Array.from({ length: 2_100 }, (_, i) => `many/${String(i).padStart(5, '0')}`);
    for (let at = 0; at < keys.length; at += 100) {
      await Promise.all(keys.slice(at, at + 100).map((key) => store.write(key, '')));
    }
    expect(await keysOf(store, 'many/')).toEqual(keys);
    expect(await keysOf(store, 'many/', 'many/01049')).toEqual(keys.slice(1_050));
  });

  test('a bucket that does not exist is named', async () => {
    const store = new S3Store(client, 'no-such-bucket-here');
    const attempts = [
      () => store.write('a', 'x'),
      () => store.read('a'),
      () => keysOf(store, ''),
      async () => store.put('a', await aFile('x'), { run: 'r', job: 'j' }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        message: expect.stringMatching(/s3:\/\/no-such-bucket-here.*there is no bucket of this name/),
        fix: expect.stringContaining('DESTINATION_BUCKET'),
      });
    }
  });

  test('a file that is gone before it is put is this machine’s trouble, not AWS’s', async () => {
    const store = await open();
    await expect(store.put('out/a', '/no/such file', { run: 'r', job: 'j' })).rejects.toMatchObject({
      trouble: 'missing',
      message: expect.stringContaining('/no/such file'),
    });
  });
});

describe('a server that breaks off', () => {
  const whole = 'the whole image '.repeat(10_000);
  let server: Server;
  let client: S3Client;
  let answers = 0;

  beforeAll(async () => {
    server = createServer((_, response) => {
      answers += 1;
      response.writeHead(200, { 'Content-Length': whole.length });
      if (answers === 3) response.end(whole);
      else response.write(whole.slice(0, 1_000), () => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    client = s3Client({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: ANY_KEYS });
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  test('is asked again, and the file is whole', async () => {
    const target = join(await aFolder(), 'image.tif');
    expect(await new S3Store(client, 'bucket').download('image.tif', target)).toBe(whole.length);
    expect(await readFile(target, 'utf8')).toBe(whole);
    expect(answers).toBe(3);
  });
});
