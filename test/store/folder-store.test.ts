import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { StoreError } from '../../lib/store/store-error.ts';
import { aFolder } from '../fixtures/folder.ts';
import { aFile, all, keysOf, ownershipContract, storeContract } from './contract.ts';

const open = async () => new FolderStore(await aFolder());
const isRoot = process.getuid?.() === 0;

storeContract(open);
ownershipContract(open);

/** A process of its own that puts `file` under each key, once it is told to. */
function putter(root: string, job: string, file: string, keys: readonly string[], uid?: number) {
  const script = join(import.meta.dirname, '../fixtures/put-outputs.ts');
  const child: ChildProcess = spawn(process.execPath, [script, root, 'run 1', job, file, ...keys], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...(uid !== undefined && { PUT_AS: String(uid) }) },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    ready: lines.next(),
    go: () => child.stdin!.end('go\n'),
    results: async () => (await all({ [Symbol.asyncIterator]: () => lines })).map((line) => JSON.parse(line)),
  };
}

test('of several processes that put the same outputs at once, exactly one owns each', async () => {
  const root = await aFolder();
  const keys = Array.from({ length: 40 }, (_, i) => `shared/Well ${i}.csv`);
  const jobs = ['a', 'b', 'c', 'd'];
  const putters = await Promise.all(
    jobs.map(async (job) => putter(root, job, await aFile(`by ${job}`), keys)),
  );
  await Promise.all(putters.map(({ ready }) => ready));
  putters.forEach(({ go }) => go());
  const results = await Promise.all(putters.map(({ results }) => results()));

  for (const [index, key] of keys.entries()) {
    const winners = jobs.filter((_, job) => results[job]![index].kind === 'written');
    expect(winners).toHaveLength(1);
    expect(await readFile(join(root, key), 'utf8')).toBe(`by ${winners[0]}`);
    for (const result of results.map((all) => all[index])) {
      if (result.kind !== 'written') expect(result).toEqual({ kind: 'collision', owner: winners[0] });
    }
  }
});

test('a put that is cut, in the middle of a large file, leaves nothing', async () => {
  const [root, bytes] = [await aFolder(), 200 * 1024 * 1024];
  const large = await aFile('');
  await truncate(large, bytes);
  const stop = new AbortController();
  const put = new FolderStore(root).put('out/l.tif', large, { run: 'r', job: 'a1' }, stop.signal);
  put.catch(() => undefined);
  const aside = join(root, 'distributed-fiji/.unfinished');
  while ((await readdir(aside).catch(() => [])).length === 0) await sleep(1);
  stop.abort('stopped');

  await expect(put).rejects.toBe('stopped');
  expect(await readdir(aside)).toEqual([]);
  expect(await keysOf(new FolderStore(root), '')).toEqual([]);
  expect(await new FolderStore(root).put('out/l.tif', await aFile('x'), { run: 'r', job: 'b2' })).toEqual({
    kind: 'written', // nobody owns it
  });
});

test('a process killed while it puts leaves its file whole or not at all, and its rest is removed by the next', async () => {
  const root = await aFolder();
  const [aside, bytes] = [join(root, 'distributed-fiji/.unfinished'), 200 * 1024 * 1024];
  const large = await aFile('');
  await truncate(large, bytes);

  for (let round = 0; round < 4; round++) {
    const key = `out/large ${round}.tif`;
    const victim = putter(root, 'a1', large, [key]);
    const ended = once(victim.child, 'exit');
    await victim.ready;
    victim.go();
    // As soon as it has begun. Where a copy takes no time (Btrfs), it may be done already.
    const begun = async () => (await readdir(aside).catch(() => [])).length > 0;
    while (victim.child.exitCode === null && !(await begun())) await sleep(1);
    victim.child.kill('SIGKILL');
    await ended;

    const left = await all(new FolderStore(root).list('out/', { startAfter: `out/large ${round - 1}.tif` }));
    expect([[], [{ key, bytes }]]).toContainEqual(left);

    // The job's next attempt.
    const again = await new FolderStore(root).put(key, await aFile('whole'), { run: 'run 1', job: 'a1' });
    expect(again).toEqual({ kind: 'written' });
    expect(await readFile(join(root, key), 'utf8')).toBe('whole');
    expect(await readdir(aside)).toEqual([]);
  }
});

test('what a process that still runs writes aside is left alone', async () => {
  const root = await aFolder();
  const aside = join(root, 'distributed-fiji/.unfinished');
  await new FolderStore(root).write('a', 'a');
  const other = putter(root, 'b2', await aFile(''), []);
  await other.ready;
  for (const pid of [other.child.pid, process.pid])
    await writeFile(join(aside, `${hostname()}.${pid}.abc`), '');

  await new FolderStore(root).write('b', 'b');
  expect(await readdir(aside)).toHaveLength(2);

  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  await new FolderStore(root).write('c', 'c');
  expect(await readdir(aside)).toEqual([`${hostname()}.${process.pid}.abc`]);
});

test('a job whose attempt died between claim and file takes its claim again', async () => {
  const store = await open();
  // An output whose content cannot be had after it was claimed: as if the process had ended there.
  await store.put('out/a.csv', await aFile('first'), { run: 'r', job: 'a1' });
  await rm(store.describe('out/a.csv'));

  expect(await store.put('out/a.csv', await aFile('again'), { run: 'r', job: 'a1' })).toEqual({
    kind: 'written',
  });
  expect(await readFile(store.describe('out/a.csv'), 'utf8')).toBe('again');
});

describe('keys', () => {
  test.each(['', '/etc/passwd', '../up', 'a/../../up', 'a//b', 'a/', './a', 'a/.', 'nul\0'])(
    '%j is refused, and nothing outside the folder is touched',
    async (key) => {
      const store = await open();
      for (const attempt of [
        () => store.write(key, 'x'),
        () => store.head(key),
        () => store.read(key),
        () => store.download(key, join(store.root, 'copy')),
        async () => store.put(key, await aFile('x'), { run: 'r', job: 'j' }),
      ]) {
        const error = await attempt().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StoreError);
        expect(error).toMatchObject({ trouble: 'bad key', fix: expect.stringContaining('slash') });
      }
      expect(await readdir(store.root)).toEqual([]);
    },
  );

  test.each(['../', 'a/../../', '/', '//', './'])('nothing is listed under %j', async (prefix) => {
    const root = await aFolder();
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'beside'), 'x');
    expect(await keysOf(new FolderStore(join(root, 'a')), prefix)).toEqual([]);
  });
});

describe('a listing', () => {
  test('follows links to folders and files, once each way, and leaves out links to nothing', async () => {
    const store = await open();
    await store.write('plate/a.tif', 'a');
    const elsewhere = await aFolder();
    await writeFile(join(elsewhere, 'b.tif'), 'bb');
    await symlink(elsewhere, join(store.root, 'plate/linked'));
    await symlink(join(elsewhere, 'b.tif'), join(store.root, 'plate/c.tif'));
    await symlink(store.root, join(store.root, 'plate/round'));
    await symlink('/nowhere/at all', join(store.root, 'plate/broken.tif'));

    expect(await all(store.list('plate/'))).toEqual([
      { key: 'plate/a.tif', bytes: 1 },
      { key: 'plate/c.tif', bytes: 2 },
      { key: 'plate/linked/b.tif', bytes: 2 },
    ]);
  });

  test('holds outputs and records, not what the store keeps for itself', async () => {
    const store = await open();
    await store.put('out/a.csv', await aFile('a'), { run: 'r', job: 'j' });
    await store.write('distributed-fiji/App/r/records/1.jsonl', '{}');
    expect(await keysOf(store, '')).toEqual(['distributed-fiji/App/r/records/1.jsonl', 'out/a.csv']);
  });

  test('sorts characters beyond the first plane as S3 does', async () => {
    const store = await open();
    for (const key of ['\u{FF5E}.tif', '\u{1F52C}.tif', 'z.tif']) await store.write(key, '');
    expect(await keysOf(store, '')).toEqual(['z.tif', '\u{FF5E}.tif', '\u{1F52C}.tif']);
  });
});

describe('errors in words', () => {
  test('a folder where a file should be', async () => {
    const store = await open();
    await store.write('plate/a', 'x');
    await expect(store.write('plate', 'x')).rejects.toThrow(
      `Writing ${store.describe('plate')} failed: a file and a folder have the same name there`,
    );
    await expect(store.write('plate/a/b', 'x')).rejects.toThrow(
      'a file and a folder have the same name there',
    );
    expect(await store.head('plate/a/b')).toBeUndefined();
    expect(await store.head('plate')).toBeUndefined();
  });

  test('a name that is too long', async () => {
    const store = await open();
    await expect(store.write(`${'x'.repeat(300)}.csv`, '')).rejects.toMatchObject({
      trouble: 'bad key',
      fix: 'Use a shorter output_file_location or file name.',
    });
  });

  (isRoot ? test : test.skip)('a folder that may not be written (needs root, to become nobody)', async () => {
    const root = await aFolder();
    const file = await aFile('x');
    for (const folder of [root, dirname(file)]) await chmod(folder, 0o755);
    const said = await failureOf(putter(root, 'j', file, ['out/a.csv'], 65534));
    expect(said).toContain(`Writing ${root}/out/a.csv failed: permission denied`);
    expect(said).toContain("trouble: 'denied'");
  });

  const small = isRoot ? smallDisk() : undefined;
  (small === undefined ? test.skip : test)('a full disk (needs root, to mount a small one)', async () => {
    const root = small as string;
    const store = new FolderStore(root);
    const error = await store
      .put('out/large.tif', await aFile(new Uint8Array(2 * 1024 * 1024)), { run: 'r', job: 'j' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ trouble: 'disk full', fault: 'environment', key: 'out/large.tif' });
    expect((error as Error).message).toBe(`Writing ${root}/out/large.tif failed: the disk is full`);
    expect(await readdir(join(root, 'distributed-fiji/.unfinished'))).toEqual([]);
    expect(await store.put('out/small.tif', await aFile('fits'), { run: 'r', job: 'j' })).toEqual({
      kind: 'written',
    });
  });
});

test('a download can be removed and written, whatever the permissions of the original', async () => {
  const store = await open();
  await store.write('in.tif', 'image');
  await chmod(store.describe('in.tif'), 0o444);
  const target = join(await aFolder(), 'in.tif');
  await store.download('in.tif', target);
  expect((await stat(target)).mode & 0o200).toBe(0o200);
});

async function failureOf({ child, ready, go }: ReturnType<typeof putter>): Promise<string> {
  let said = '';
  child.stderr!.on('data', (chunk) => (said += chunk));
  await ready;
  go();
  const [code] = await once(child, 'close');
  expect(code).not.toBe(0);
  return said;
}

/** A disk of 1 MB; undefined where none can be mounted. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'df small disk '));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {
    stdio: 'ignore',
  });
  afterAll(() => {
    if (status === 0) spawnSync('umount', [folder]);
    rmdirSync(folder);
  });
  return status === 0 ? folder : undefined;
}
