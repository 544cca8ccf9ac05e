/**
 * Builds that are made anew only when something they are made of has changed: `cdk synth` is called far more often.
 * Each lies in a folder named by its contents, and beside it a note of the sources that it came from; both appear whole
 * or not at all, so that two synths at once, or one that is killed, leave nothing half made.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Artifact } from './artifact.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Names and contents of all our sources and of the list of everybody else's. */
export function sourcesDigest(checkout = root): string {
  const sources = readdirSync(join(checkout, 'lib'), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), join(checkout, 'package-lock.json')]) {
    hash.update(`${relative(checkout, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * @param sources from sourcesDigest
 * @param build fills the folder that it is given, and says by which digest its contents are known
 * @param kept where builds are kept
 */
export async function keptBuild(
  name: string,
  sources: string,
  build: (folder: string) => Promise<{ readonly digest: string }>,
  kept = join(root, 'dist', 'cdk'),
): Promise<Artifact> {
  const folderOf = (digest: string): string => join(kept, `${name}-${digest}`);
  const note = join(kept, `${name}.json`);
  const before = await readNote(note);
  if (before?.sources === sources && (await isThere(folderOf(before.digest)))) {
    return { folder: folderOf(before.digest), digest: before.digest };
  }

  await mkdir(kept, { recursive: true });
  const work = await mkdtemp(join(kept, `new-${name}-`));
  try {
    const made = join(work, 'made');
    await mkdir(made);
    const { digest } = await build(made);
    const folder = folderOf(digest);
    await rename(made, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error; // it was built before: its contents are the same
    });
    await writeFile(join(work, 'note'), JSON.stringify({ sources, digest }));
    await rename(join(work, 'note'), note);
    await removeOthers(kept, name, folder);
    return { folder, digest };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Note {
  readonly sources: string;
  readonly digest: string;
}

/** Undefined when there is none that can be read: then it is built again. */
async function readNote(path: string): Promise<Note | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

/** Builds of sources that were. */
async function removeOthers(kept: string, name: string, folder: string): Promise<void> {
  const builds = (await readdir(kept)).filter((entry) => new RegExp(`^${name}-[0-9a-f]+$`).test(entry));
  const others = builds.filter((entry) => entry !== basename(folder));
  await Promise.all(others.map((entry) => rm(join(kept, entry), { recursive: true, force: true })));
}

async function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
