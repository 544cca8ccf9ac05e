/**
 * The worker as one folder that needs nothing but Node: `local` starts it by its path and the cloud's machines get it
 * as an asset, so that both run the same bytes.
 *
 * Deterministic: the same sources give the same files and the same digest, wherever and whenever they are built.
 * Building into a folder that already holds the same files changes nothing, so two builds at once do no harm.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface WorkerBundle {
  /** Absolute path of the folder that holds all of it. */
  readonly folder: string;
  /** Absolute path of the program: `node <entry>`. */
  readonly entry: string;
  /** SHA-256 (hex) over the names and contents of every file. */
  readonly digest: string;
}

/** File name of the program in its folder. */
export const WORKER_ENTRY = 'worker.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fijiSources = join(root, 'lib', 'fiji');

/** Builds the worker into `folder` (by default dist/worker of this checkout). */
export async function bundleWorker(folder: string = join(root, 'dist', 'worker')): Promise<WorkerBundle> {
  const files = new Map([[WORKER_ENTRY, await program()], ...(await assets())]);
  const digest = createHash('sha256');

  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    digest.update(`${name}\0${content.length}\0`).update(content);
    await writeIfChanged(join(folder, name), content);
  }
  return { folder, entry: join(folder, WORKER_ENTRY), digest: digest.digest('hex') };
}

async function program(): Promise<Uint8Array> {
  const result = await build({
    absWorkingDir: root, // paths in the output's comments then do not depend on where it is built
    entryPoints: [join('lib', 'worker', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'silent', // a failure throws, with every message in it
    // CommonJS packages inside an ES module still call `require` for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  return Buffer.concat(result.outputFiles.map((file) => file.contents)); // one entry point: one file
}

/** The programs that run inside the JVM, where lib/fiji looks for them: as they lie below it, beside the program. */
async function assets(): Promise<[string, Uint8Array][]> {
  const names = (await readdir(fijiSources, { recursive: true })).filter((name) => name.endsWith('.groovy'));

  return Promise.all(
    names.map(async (name): Promise<[string, Uint8Array]> => [name, await readFile(join(fijiSources, name))]),
  );
}

/** Beside and renamed: a worker that starts at this moment reads the old file or the new one, never half of one. */
async function writeIfChanged(path: string, content: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);

  if (present !== undefined && Buffer.compare(present, content) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, content);
  await rename(beside, path);
}
