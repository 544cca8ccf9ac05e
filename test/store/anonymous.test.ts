/** Public buckets, read by people without an AWS account. */
import { readFile } from 'node:fs/promises';
import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openStore } from '../../lib/store/open-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { startQueueServer, type QueueServer } from '../fixtures/queue.ts';
import { keysOf } from './contract.ts';

/** What the bucket saw; stands before a real S3, which does not care who asks. */
const seen: IncomingHttpHeaders[] = [];
let letIn: 'anybody' | 'those with credentials' | 'anybody but them' | 'nobody' = 'anybody';
let server: QueueServer;
const before = { ...process.env };
const gate = createServer((incoming, answer) => {
  seen.push(incoming.headers);
  const signed = incoming.headers.authorization !== undefined;
  const allowed = {
    anybody: true,
    'those with credentials': signed,
    'anybody but them': !signed,
    nobody: false,
  };
  if (!allowed[letIn]) {
    answer.writeHead(403).end();
    return;
  }
  const { method, url: path, headers } = incoming;
  const passed = forward(`${server.endpoint}${path}`, { method, headers }, (response) => {
    answer.writeHead(response.statusCode as number, response.headers);
    response.pipe(answer);
  });
  incoming.pipe(passed);
});

beforeAll(async () => {
  server = await startQueueServer();
  await server.createBucket('gallery');
  for (const name of ['A01 é.tif', 'A02.tif'])
    await server.s3.send(new PutObjectCommand({ Bucket: 'gallery', Key: `plate/${name}`, Body: name }));
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
});
afterAll(async () => {
  process.env = before;
  gate.closeAllConnections();
  gate.close();
  await server.stop();
});
beforeEach(async () => {
  seen.length = 0;
  letIn = 'anybody';
  const nobody = { HOME: await aFolder(), AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' };
  const kept = Object.entries(before).filter(([name]) => !name.startsWith('AWS_'));
  const endpoint = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
  process.env = { ...Object.fromEntries(kept), ...nobody, AWS_ENDPOINT_URL_S3: endpoint };
});

const signatures = () => seen.map(({ authorization }) => authorization);

test('without credentials a bucket is listed, looked at and read unsigned, and that is said once', async () => {
  const notes: string[] = [];
  const store = openStore('s3://gallery', { onAnonymous: (note) => notes.push(note) });
  const path = join(await aFolder(), 'fetched');
  const [keys, head, bytes] = await Promise.all([
    keysOf(store, 'plate/'),
    store.head('plate/A01 é.tif'),
    store.download('plate/A02.tif', path),
  ]);
  expect({ keys, head, bytes }).toEqual({
    keys: ['plate/A01 é.tif', 'plate/A02.tif'],
    head: { key: 'plate/A01 é.tif', bytes: 10 },
    bytes: 7,
  });
  expect(await readFile(path, 'utf8')).toBe('A02.tif');
  expect(await store.head('plate/none.tif')).toBeUndefined();
  expect(signatures()).toEqual([undefined, undefined, undefined, undefined]);
  expect(notes).toEqual([expect.stringContaining('no AWS credentials here: s3://gallery is read without')]);
});

test('a bucket that is not public says so', async () => {
  letIn = 'those with credentials';
  const store = openStore('s3://gallery', { onAnonymous: () => undefined });
  await expect(keysOf(store, 'plate/')).rejects.toMatchObject({
    trouble: 'denied',
    message: expect.stringContaining('there are no AWS credentials here, and the bucket is not public'),
    fix: expect.stringContaining('aws configure'),
  });
});

test('what credentials may not read, and anybody may, is read without them; a bucket that is not public stays refused', async () => {
  process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = 'test';
  letIn = 'anybody but them';
  const notes: string[] = [];
  const store = openStore('s3://gallery', { onAnonymous: (note) => notes.push(note) });
  expect(await keysOf(store, 'plate/')).toEqual(['plate/A01 é.tif', 'plate/A02.tif']);
  expect(await store.head('plate/A02.tif')).toMatchObject({ bytes: 7 });
  expect(signatures()).toEqual([expect.stringContaining('AWS4-HMAC-SHA256'), undefined, undefined]);
  expect(notes).toEqual([expect.stringContaining('credentials here may not read s3://gallery')]);

  // What anybody may not read, the credentials may: another folder of the same bucket, for example.
  letIn = 'those with credentials';
  expect(await store.head('plate/A02.tif')).toMatchObject({ bytes: 7 });
  letIn = 'nobody';
  await expect(store.head('plate/A02.tif')).rejects.toThrow('AWS does not allow it to these credentials');

  const closed = openStore('s3://gallery', { onAnonymous: (note) => notes.push(note) });
  await expect(closed.head('plate/A02.tif')).rejects.toMatchObject({
    trouble: 'denied',
    message: expect.stringContaining('AWS does not allow it to these credentials'),
  });
  expect(notes).toHaveLength(1);
});

test('nothing is written without credentials', async () => {
  const store = openStore('s3://gallery', { onAnonymous: () => undefined });
  await store.head('plate/A02.tif');
  await expect(store.write('x', 'y')).rejects.toThrow('there are no AWS credentials here');
  expect(seen).toHaveLength(1);
});

test('with credentials every request is signed; and nobody who did not ask for it reads without', async () => {
  await expect(openStore('s3://gallery').head('plate/A02.tif')).rejects.toThrow('no AWS credentials');
  expect(seen).toEqual([]);
  process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = 'test';
  const store = openStore('s3://gallery', { onAnonymous: () => expect(true).toBe(false) });
  await store.head('plate/A02.tif');
  expect(signatures()).toEqual([expect.stringContaining('AWS4-HMAC-SHA256')]);
});
