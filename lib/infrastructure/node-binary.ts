/**
 * The Node binary for the machines. npm puts the one that fits this computer into node_modules; for machines of another
 * kind (ARM machines from an x86 laptop, any from a Mac) npm fetches the other, once, into a cache folder, and checks it
 * against the same line of package-lock.json: no second list of versions or checksums.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Architecture } from '../config/index.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { Artifact } from './artifact.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** npm's name of each architecture. */
const CPU = { x86_64: 'x64', arm64: 'arm64' } as const satisfies Record<Architecture, string>;

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

export class NodeBinaryError extends DistributedFijiError {
  constructor(name: string, cause: unknown) {
    super(`npm could not fetch ${name}, the Node that the machines run: ${messageOf(cause)}`, {
      code: 'DOWNLOAD_FAILED',
      fault: 'environment',
      fix: 'Check that npm reaches its registry (npm ping), then repeat the command.',
      cause,
    });
  }
}

/**
 * A folder that holds `node` for the architecture and nothing else.
 * @param checkout has the lock, and what npm has installed by it
 */
export async function nodeBinary(architecture: Architecture, checkout = root): Promise<Artifact> {
  const name = `node-linux-${CPU[architecture]}`;
  const locked = await lockedPackage(name, checkout);
  const digest = createHash('sha256').update(`${name} ${locked.version} ${locked.integrity}`).digest('hex');
  const installed = join(checkout, 'node_modules', name, 'bin');
  if (await exists(join(installed, 'node'))) return { folder: installed, digest };

  const cached = join(cacheFolder(), `${name}-${locked.version}`);
  const folder = join(cached, 'node_modules', name, 'bin');
  if (!(await exists(join(folder, 'node')))) {
    await fetchByNpm(name, locked, cached).catch((error: unknown) => {
      throw new NodeBinaryError(name, error);
    });
  }
  return { folder, digest };
}

/** `npm ci` with a lock of one package: npm refuses contents that do not have the lock's checksum. */
async function fetchByNpm(name: string, locked: LockedPackage, target: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'new-'));
  try {
    const dependencies = { [name]: locked.version };
    const lock = {
      lockfileVersion: 3,
      packages: { '': { dependencies }, [`node_modules/${name}`]: locked },
    };
    await writeFile(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await writeFile(join(work, 'package-lock.json'), JSON.stringify(lock));
    // --force: it is not for this computer, which npm takes for a mistake. Checksums are checked all the same.
    const flags = ['--force', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=5'];
    await promisify(execFile)('npm', ['ci', ...flags], { cwd: work });
    await rename(work, target).catch(async (error: unknown) => {
      // Another synth was faster: its files are the same.
      if (!(await exists(join(target, 'node_modules', name, 'bin', 'node')))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function lockedPackage(name: string, checkout: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(join(checkout, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = lock.packages[`node_modules/${name}`];
  if (found === undefined) throw new NodeBinaryError(name, 'package-lock.json does not name it');
  return found;
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'distributed-fiji', 'node');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
