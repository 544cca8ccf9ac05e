/** Finding Fiji and Java, and bringing the starter Fiji together. */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { findFiji } from '../../lib/fiji/find/find.ts';
import { findJava } from '../../lib/fiji/find/java.ts';
import { assembleStarter, type Progress } from '../../lib/fiji/starter/assemble.ts';
import type { Part } from '../../lib/fiji/starter/parts.ts';
import { fijiOfToday, testEnv } from './fijis.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'find fiji é '))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with a launcher in it; the launcher is only looked at. */
function layOut(home: string, launcher: string): string {
  mkdirSync(join(home, 'jars'), { recursive: true });
  mkdirSync(join(home, launcher, '..'), { recursive: true });
  writeFileSync(join(home, launcher), '#!/bin/sh\n');
  chmodSync(join(home, launcher), 0o755);
  return home;
}

const linux = process.platform === 'linux' ? test : test.skip;

linux.each([
  ['ImageJ-linux64', 'classic'],
  ['fiji', 'jaunch'],
  [`fiji-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`, 'jaunch'],
])('FIJI_HOME with the launcher %s', async (name, style) => {
  const home = layOut(join(folder, 'Fiji.app'), name);
  const fiji = await findFiji({ env: { ...testEnv, FIJI_HOME: home } });
  expect(fiji).toEqual({
    home,
    origin: `Fiji at ${home} (FIJI_HOME)`,
    start: { kind: 'launcher', launcher: join(home, name), style },
  });
});

linux('FIJI_HOME may be the folder above Fiji.app', async () => {
  const home = layOut(join(folder, 'Fiji.app'), 'ImageJ-linux64');
  expect((await findFiji({ env: { ...testEnv, FIJI_HOME: folder } })).home).toBe(home);
});

linux('a Fiji in a usual place of the user, and one whose launcher is on PATH', async () => {
  const home = layOut(join(folder, 'Desktop', 'Fiji.app'), 'ImageJ-linux64');
  expect((await findFiji({ env: { ...testEnv, HOME: folder } })).home).toBe(home);
  const other = layOut(join(folder, 'other'), 'fiji');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(other, 'fiji'), join(folder, 'bin', 'fiji'));
  expect(
    (
      await findFiji({
        env: { ...testEnv, HOME: '/none', PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
      })
    ).home,
  ).toBe(other);
});

test('FIJI_HOME that is no Fiji is an error, not a reason to take another', async () => {
  await expect(findFiji({ env: { ...testEnv, FIJI_HOME: folder } })).rejects.toMatchObject({
    code: 'FIJI_NOT_FOUND',
    message: expect.stringContaining(`FIJI_HOME is not a Fiji: ${folder}`),
  });
  await expect(findFiji({ env: { ...testEnv, FIJI_HOME: join(folder, 'none') } })).rejects.toMatchObject({
    message: `FIJI_HOME does not exist: ${join(folder, 'none')}`,
  });
});

test("a folder with ImageJ 1's jar is run with the starter's SciJava", async () => {
  const starter = await fijiOfToday();
  const home = join(folder, 'java');
  mkdirSync(home);
  if (starter.start.kind !== 'jars') throw new Error('the starter has jars');
  symlinkSync(
    starter.start.jars.find((jar) => jar.includes('ij-'))!,
    join(home, 'ij.jar'),
  );
  const fiji = await findFiji({ home, env: testEnv });
  expect(fiji.start).toMatchObject({
    kind: 'jars',
    jars: [join(home, 'ij.jar'), ...starter.start.jars.filter((jar) => !jar.includes('/ij-'))],
    pluginsParent: home,
  });
});

test('no Java is an error with the command that installs it', async () => {
  await expect(findJava({ PATH: folder })).rejects.toMatchObject({
    code: 'JAVA_NOT_FOUND',
    message: 'Fiji needs Java, and there is none: neither JAVA_HOME nor PATH has it.',
    fix: expect.stringMatching(/^Install Java 17 or later: /),
  });
});

test('a Java that is too old is named with its version, and JAVA_HOME comes before PATH', async () => {
  const java = (name: string, version: string) => {
    mkdirSync(join(folder, name, 'bin'), { recursive: true });
    writeFileSync(
      join(folder, name, 'bin', 'java'),
      `#!/bin/sh\necho 'openjdk version "${version}" 2020-01-01' >&2\n`,
    );
    chmodSync(join(folder, name, 'bin', 'java'), 0o755);
    return join(folder, name);
  };
  const old = java('old', '1.6.0_45');
  await expect(findJava({ PATH: join(old, 'bin') })).rejects.toMatchObject({
    message: `Fiji needs Java 8 or later, but ${join(old, 'bin/java')} is Java 6.`,
  });
  const eight = java('eight', '1.8.0_412');
  const next = java('next', '25');
  expect(await findJava({ JAVA_HOME: next, PATH: join(eight, 'bin') })).toEqual({
    file: join(next, 'bin/java'),
    version: 25,
  });
  expect(await findJava({ JAVA_HOME: '', PATH: join(eight, 'bin') })).toEqual({
    file: join(eight, 'bin/java'),
    version: 8,
  });
});

describe('the starter Fiji', () => {
  let server: Server;
  let mirror: string;
  /** What the mirror serves by path; anything else is 404. */
  let served: Record<string, Buffer>;
  let asked: string[];
  beforeEach(async () => {
    served = {};
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const body = served[request.url ?? ''];
      response.writeHead(body ? 200 : 404).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/maven`;
  });
  afterEach(() => server.close());

  const jar = (name: string): [Part, Buffer] => {
    const body = Buffer.from(name.repeat(1000));
    return [
      {
        groupId: 'org.example',
        artifactId: name,
        version: '1.0',
        bytes: body.length,
        sha256: createHash('sha256').update(body).digest('hex'),
      },
      body,
    ];
  };
  const serve = (name: string, body: Buffer) =>
    (served[`/maven/org/example/${name}/1.0/${name}-1.0.jar`] = body);
  const assemble = (parts: Part[], onProgress?: (progress: Progress) => void) =>
    assembleStarter({
      cacheFolder: join(folder, 'cache'),
      env: { MAVEN_MIRROR_URL: mirror },
      parts,
      ...(onProgress ? { onProgress } : {}),
    });

  test('is downloaded once, from a mirror if there is one, with progress to the last byte', async () => {
    const [a, b] = [jar('a'), jar('b')];
    serve('a', a[1]);
    serve('b', b[1]);
    const progress: Progress[] = [];
    const home = await assemble([a[0], b[0]], (one) => progress.push(one));
    expect(readdirSync(join(home, 'jars')).sort()).toEqual(['a-1.0.jar', 'b-1.0.jar']);
    expect(readFileSync(join(home, 'jars', 'a-1.0.jar'))).toEqual(a[1]);
    expect(progress.at(-1)).toMatchObject({ doneBytes: 2000, totalBytes: 2000 });
    expect(await assemble([a[0], b[0]])).toBe(home);
    expect(asked).toHaveLength(2);
  });

  test('by two at once is whole for both', async () => {
    const [a, b] = [jar('a'), jar('b')];
    serve('a', a[1]);
    serve('b', b[1]);
    const [one, two] = await Promise.all([assemble([a[0], b[0]]), assemble([a[0], b[0]])]);
    expect(one).toBe(two);
    expect(readdirSync(join(one, 'jars')).sort()).toEqual(['a-1.0.jar', 'b-1.0.jar']);
  });

  test('a part that is damaged or missing is an error, keeps the rest and goes on from there', async () => {
    const [a, b] = [jar('a'), jar('b')];
    serve('a', a[1]);
    serve('b', Buffer.from('something else'));
    await expect(assemble([a[0], b[0]])).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/b-1\.0\.jar\. Its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/),
    });
    delete served['/maven/org/example/b/1.0/b-1.0.jar'];
    await expect(assemble([a[0], b[0]])).rejects.toMatchObject({
      message: expect.stringContaining('The server answered 404'),
    });
    serve('b', b[1]);
    asked = [];
    const home = await assemble([a[0], b[0]]);
    expect(asked).toEqual(['/maven/org/example/b/1.0/b-1.0.jar']);
    expect(readdirSync(join(home, 'jars')).sort()).toEqual(['a-1.0.jar', 'b-1.0.jar']);
  });

  test('a server that is not there is an error with the way round', async () => {
    const [a] = jar('a');
    await expect(
      assembleStarter({ cacheFolder: folder, env: { MAVEN_MIRROR_URL: 'http://127.0.0.1:1' }, parts: [a] }),
    ).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('http://127.0.0.1:1/org/example/a/1.0/a-1.0.jar'),
      fix: expect.stringContaining('MAVEN_MIRROR_URL'),
    });
  });
});

test('Java takes the class archive as it is, and a new one is made for a runner that was made anew', async () => {
  const { home } = await fijiOfToday();
  // A plain name: Java archives nothing of a jar whose path it has to encode.
  const cache = join(tmpdir(), `fiji-archive-${randomUUID()}`);
  const own = join(cache, 'distributed-fiji', basename(home));
  mkdirSync(own, { recursive: true });
  symlinkSync(join(home, 'jars'), join(own, 'jars'));
  const starter = async () => {
    const { start } = await findFiji({ env: { ...testEnv, XDG_CACHE_HOME: cache } });
    if (start.kind !== 'jars' || start.classArchive === undefined || start.runnerJar === undefined)
      throw new Error('no archive was made');
    return { ...start, classArchive: start.classArchive, runnerJar: start.runnerJar };
  };
  // Java goes on without an archive that it cannot take, and says nothing.
  const taken = ({ java, jars, runnerJar, classArchive }: Awaited<ReturnType<typeof starter>>) =>
    spawnSync(
      java,
      [
        `-XX:SharedArchiveFile=${classArchive}`,
        '-Xlog:class+load',
        '-cp',
        [...jars, runnerJar].join(delimiter),
        'groovy.ui.GroovyMain',
        '--version',
      ],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    ).stdout.includes('source: shared objects file (top)');
  try {
    const first = await starter();
    expect(taken(first)).toBe(true);

    const later = new Date(Date.now() + 60_000);
    utimesSync(first.runnerJar, later, later);
    expect(taken(first)).toBe(false);
    expect(taken(await starter())).toBe(true);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});

test('class archives that no Fiji used for a week are forgotten; fresh ones and runner jars stay', async () => {
  const { home } = await fijiOfToday();
  const old = new Date(Date.now() - 8 * 24 * 3600 * 1000);
  const names = ['classes-java8-0f.jsa', 'classes-java8-1f.jsa', 'runner-0f.jar'];
  for (const name of names) writeFileSync(join(home, name), '');
  for (const name of ['classes-java8-0f.jsa', 'runner-0f.jar']) utimesSync(join(home, name), old, old);
  const { start } = await fijiOfToday();
  expect(names.map((name) => existsSync(join(home, name)))).toEqual([false, true, true]);
  expect(start.kind === 'jars' && existsSync(start.classArchive ?? '')).toBe(true);
  for (const name of names) rmSync(join(home, name), { force: true });
});
