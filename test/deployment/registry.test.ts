/** A registry as the distribution specification and Docker Hub have it, on a free port of this machine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ConfigInput, derive, parseConfig } from '../../lib/config/index.ts';
import { connect } from '../../lib/deployment/aws.ts';
import { image } from '../../lib/deployment/checks/image.ts';
import { askRegistry, imageReference } from '../../lib/deployment/registry.ts';
import { keys, REGION, valid } from './look.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const of = (architecture: string, os = 'linux') => ({ digest: DIGEST, platform: { os, architecture } });
/** One image names its processor in its configuration, a list of images in the list. */
const IMAGES: Readonly<Record<string, unknown>> = {
  '/v2/lab/fiji/manifests/1.54p': { config: { digest: DIGEST }, layers: [{ digest: DIGEST }] },
  [`/v2/lab/fiji/blobs/${DIGEST}`]: { architecture: 'arm64', os: 'linux' },
  [`/v2/lab/fiji/manifests/${DIGEST}`]: {
    manifests: [of('amd64'), of('arm64'), of('unknown', 'unknown')],
  },
  '/v2/lab/fiji/manifests/odd': { signatures: [] },
};
let server: Server;
let host: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://registry');
    asked.push(`${request.method ?? ''} ${pathname}`);
    if (pathname === '/token') {
      // Docker Hub hands a token to everybody, for what is private or does not exist too: it then lets nobody in.
      expect(searchParams.get('service')).toBe('registry of the test');
      response.end(JSON.stringify({ token: searchParams.get('scope') }));
    } else if (pathname.includes('/busy/')) {
      response.writeHead(429).end();
    } else if (pathname.includes('/locked/')) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
    } else if (request.headers.authorization === undefined) {
      const [, repository = ''] = /^\/v2\/(.*)\/manifests\//.exec(pathname) ?? [];
      const challenge = `Bearer realm="http://${host}/token",service="registry of the test",scope="repository:${repository}:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (pathname.includes('/private/')) {
      response.writeHead(401).end();
    } else {
      const typed = (request.headers.accept ?? '').includes('vnd.oci.image.index');
      const found = typed ? IMAGES[pathname] : undefined;
      response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (name: string) => askRegistry(imageReference(`${host}/${name}`));

test('an image that is there is found by tag and by digest, with the token that anybody gets, and is not pulled', async () => {
  expect(await ask('lab/fiji:1.54p')).toEqual({ kind: 'there', architectures: ['arm64'] });
  expect(await ask(`lab/fiji@${DIGEST}`)).toEqual({ kind: 'there', architectures: ['amd64', 'arm64'] });
  expect(await ask('lab/fiji:odd')).toEqual({ kind: 'there', architectures: undefined });
  // The one part fetched is the configuration of the image that is alone.
  expect(asked.filter((one) => one.includes('/blobs/'))).toEqual([`GET /v2/lab/fiji/blobs/${DIGEST}`]);
});

test.each<[ConfigInput['MACHINE_TYPE'], string, readonly string[]]>([
  ['m5.xlarge', '1.54p', ['arm64, and the machines (MACHINE_TYPE) are amd64: no Fiji would start on them.']],
  ['m7g.xlarge', '1.54p', []],
  ['m5.xlarge', `1@${DIGEST}`, []],
  ['m5.xlarge', 'odd', []],
])('machines of type %s, image lab/fiji:%s', async (MACHINE_TYPE, tag, said) => {
  const config = parseConfig({ ...valid, MACHINE_TYPE, DOCKERHUB_TAG: `${host}/lab/fiji:${tag}` });
  const aws = connect({ region: REGION, endpoint: 'http://127.0.0.1:9', credentials: keys });
  const [check] = image({ config, derived: derive(config), aws });
  const found = await check!.look();
  expect(found.map(({ message }) => message.replace(/^.* is for /, ''))).toEqual(said);
  for (const { fix } of found) expect(fix).toContain('--platform linux/amd64');
});

test('a tag with a typo is not there', async () => {
  expect(await ask('lab/fiji:1.54q')).toEqual({
    kind: 'missing',
    why: `${host} has no lab/fiji:1.54q`,
  });
});

test.each(['private/fiji:1', 'locked/fiji:1'])('%s: strangers are not told', async (name) => {
  expect(await ask(name)).toEqual({ kind: 'closed' });
});

test('a registry that is busy, or is not there, has not said that the image is missing', async () => {
  expect(await ask('busy/fiji:1')).toMatchObject({ kind: 'silent', why: expect.stringContaining('429') });
  expect(await askRegistry(imageReference('127.0.0.1:9/lab/fiji:1'))).toMatchObject({ kind: 'silent' });
});

test.each([
  ['fiji/fiji', 'docker.io', 'fiji/fiji', 'latest'],
  ['fiji', 'docker.io', 'library/fiji', 'latest'],
  ['cellprofiler/distributed-fiji:latest', 'docker.io', 'cellprofiler/distributed-fiji', 'latest'],
  ['ghcr.io/lab/team/fiji:1', 'ghcr.io', 'lab/team/fiji', '1'],
  ['localhost/fiji:1', 'localhost', 'fiji', '1'],
  ['host:5000/fiji', 'host:5000', 'fiji', 'latest'],
  [`fiji/fiji:1@sha256:${'b'.repeat(64)}`, 'docker.io', 'fiji/fiji', `sha256:${'b'.repeat(64)}`],
])('%s is %s, %s, %s', (name, registry, repository, version) => {
  expect(imageReference(name)).toEqual({ registry, repository, version });
});
