import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore } from '../../lib/store/open-store.ts';
import { fetchScript, ScriptFetchError } from '../../lib/worker/script.ts';
import { type QueueServer, startQueueServer } from '../fixtures/queue.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

const SCRIPT = 'print "ü"\n';
let aws: QueueServer;
let web: Server;
let address: string;
let hiccups = 0;

beforeAll(async () => {
  aws = await startQueueServer();
  web = createServer((request, response) => {
    if (request.url?.startsWith('/page.py')) response.end('\n<!DOCTYPE html><html>Sign in</html>');
    else if (request.url?.startsWith('/busy.py') && hiccups++ === 0) response.writeHead(503).end();
    else if (request.url?.startsWith('/none.py')) response.writeHead(404).end();
    else response.end(SCRIPT);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => web.once('listening', resolve));
  address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(async () => {
  web.close();
  await aws.stop();
  await removeTemporaryFolders();
});

async function fetched(url: string) {
  return fetchScript(url, join(await temporaryFolder(), 'script'), (bucket) =>
    openStore(bucket, { s3: aws.s3 }),
  );
}

describe('a script arrives, byte for byte, under its own name', () => {
  test('from a file, by path or address', async () => {
    const folder = await temporaryFolder();
    await fill(folder, { "my script's ü.py": SCRIPT });
    const path = join(folder, "my script's ü.py");

    for (const url of [path, pathToFileURL(path).href]) {
      const script = await fetched(url);
      expect(await readFile(script.path, 'utf8')).toBe(SCRIPT);
      expect(script.path).toMatch(/my script's ü\.py$/);
      expect(script).toMatchObject({ source: path, sha256: hash('sha256', SCRIPT) });
    }
  });

  test('from a bucket', async () => {
    await aws.createBucket('scripts');
    await openStore('s3://scripts', { s3: aws.s3 }).write('lab/count it.groovy', SCRIPT);

    const script = await fetched('s3://scripts/lab/count it.groovy');
    expect(script.path).toMatch(/count it\.groovy$/);
    expect(await readFile(script.path, 'utf8')).toBe(SCRIPT);
  });

  test('from the web, after a hiccup, without the secrets of a signed address', async () => {
    const script = await fetched(`${address}/busy.py?X-Amz-Signature=secret#top`);

    expect(await readFile(script.path, 'utf8')).toBe(SCRIPT);
    expect(script).toMatchObject({ source: `${address}/busy.py` });
    expect(script.path).toMatch(/\/busy\.py$/);
  });
});

describe('a script that does not arrive says why and what to do', () => {
  test.each([
    ['/no/such/script.py', /\/no\/such\/script\.py could not be fetched: .*ENOENT/],
    ['s3://scripts/none.py', /s3:\/\/scripts\/none\.py could not be fetched/],
    ['http://example.org/script.py', /neither https/],
    ['script.py', /neither https/],
    ['/etc/hostname', /no extension/],
    ['https://127.0.0.1:1/a.py?token=secret', /https:\/\/127\.0\.0\.1:1\/a\.py could not be fetched/],
  ])('%s', async (url, why) => {
    const failed = fetched(url);

    await expect(failed).rejects.toThrow(ScriptFetchError);
    await expect(failed).rejects.toThrow(why);
    await expect(failed).rejects.not.toThrow(/secret/);
    await expect(failed).rejects.toMatchObject({ fix: expect.stringMatching(/.{20}/) });
  });

  test.each([
    ['/none.py', /HTTP 404/],
    ['/page.py', /web page, not a script/],
  ])('from the web: %s', async (path, why) => {
    await expect(fetched(`${address}${path}`)).rejects.toThrow(why);
  });
});
