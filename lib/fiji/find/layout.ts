/** Tells what kind of Fiji a folder holds. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FijiStart } from '../fiji.ts';
import { fileNameOf, PARTS } from '../starter/parts.ts';
import { isExecutable } from './java.ts';

/** What a folder holds: a launcher, the starter's jars, or ImageJ 1 alone (which needs the starter's SciJava). */
export type Layout =
  | {
      readonly kind: 'launcher';
      readonly home: string;
      readonly start: Extract<FijiStart, { kind: 'launcher' }>;
    }
  | { readonly kind: 'starter'; readonly home: string }
  | { readonly kind: 'imagej1'; readonly home: string; readonly jar: string };

/** Native launchers before shell scripts; for this system before any other. */
function launcherNames(): string[] {
  const arm = process.arch === 'arm64';
  if (process.platform === 'darwin') {
    const names = [
      `fiji-macos-${arm ? 'arm64' : 'x64'}`,
      'fiji-macos',
      'fiji-macosx',
      'ImageJ-macosx',
      'ImageJ-tiger',
    ];
    return [
      ...names.flatMap((name) => [name, `Contents/MacOS/${name}`, `Fiji.app/Contents/MacOS/${name}`]),
      'fiji',
    ];
  }
  return [
    `fiji-linux-${arm ? 'arm64' : 'x64'}`,
    'fiji',
    ...(arm ? [] : ['ImageJ-linux64', 'fiji-linux64', 'ImageJ-linux32']),
  ];
}

/** Undefined when the folder holds none of these. */
export async function layoutOf(home: string): Promise<Layout | undefined> {
  for (const folder of [
    home,
    join(home, 'Fiji.app'),
    join(home, 'Fiji'),
    ...(basename(home) === 'Fiji.app' ? [dirname(home)] : []),
  ]) {
    const found = (await launcherLayout(folder)) ?? (await jarsLayout(folder));
    if (found) return found;
  }
  return undefined;
}

async function launcherLayout(home: string): Promise<Layout | undefined> {
  if (!(await stat(join(home, 'jars')).catch(() => undefined))?.isDirectory()) return undefined;
  for (const name of launcherNames()) {
    const launcher = join(home, name);
    if ((await stat(launcher).catch(() => undefined))?.isFile() !== true || !(await isExecutable(launcher)))
      continue;
    return {
      kind: 'launcher',
      home,
      start: {
        kind: 'launcher',
        launcher,
        style: basename(name).startsWith('ImageJ-') ? 'classic' : 'jaunch',
      },
    };
  }
  return undefined;
}

async function jarsLayout(home: string): Promise<Layout | undefined> {
  const jars = PARTS.map((part) => join(home, 'jars', fileNameOf(part)));
  const there = await Promise.all(jars.map((jar) => stat(jar).catch(() => undefined)));
  if (there.every((one) => one?.isFile() === true)) return { kind: 'starter', home };
  const names = await readdir(home).catch(() => []);
  const jar = names.find((name) => /^ij(-1\.\w+)?\.jar$/.test(name));
  return jar === undefined ? undefined : { kind: 'imagej1', home, jar: join(home, jar) };
}
