/** Builds that are made anew only when something they are made of has changed: `cdk synth` is called far more often. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Artifact } from './artifact.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Names and contents of all our sources and of the list of everybody else's. */
export function sourcesDigest(): string {
  const sources = readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), join(root, 'package-lock.json')]) {
    hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param sources from sourcesDigest */
export async function keptBuild(
  name: string,
  sources: string,
  build: () => Promise<Artifact>,
): Promise<Artifact> {
  const note = join(root, 'dist', `${name}.build.json`);
  const kept = await readFile(note, 'utf8').then(
    (text) => JSON.parse(text) as { readonly sources: string; readonly artifact: Artifact },
    () => undefined,
  );
  if (kept?.sources === sources && (await isThere(kept.artifact.folder))) return kept.artifact;

  const { folder, digest } = await build();
  await mkdir(dirname(note), { recursive: true });
  await writeFile(note, JSON.stringify({ sources, artifact: { folder, digest } }));
  return { folder, digest };
}

async function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
