/** The Fijis that tests run on: real ImageJ, SciJava, Groovy and Jython of two generations, and a launcher in front of each. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { findFiji } from '../../lib/fiji/find/find.ts';
import { findJava } from '../../lib/fiji/find/java.ts';
import type { FijiInstallation } from '../../lib/fiji/fiji.ts';
import { assembleStarter, defaultCacheFolder } from '../../lib/fiji/starter/assemble.ts';
import { fileNameOf, type Part } from '../../lib/fiji/starter/parts.ts';

/** What a Fiji of 2018 had: Groovy 2.4, Jython 2.7.0, SciJava 2.77. */
const PARTS_2018: readonly Part[] = [
  {
    groupId: 'net.imagej',
    artifactId: 'ij',
    version: '1.53t',
    bytes: 2_478_297,
    sha256: 'c04c94af9064e06d1c9bca7a331ebbac821fec24aa8bac5a8ec7cbb893b9e503',
  },
  {
    groupId: 'org.scijava',
    artifactId: 'scijava-common',
    version: '2.77.0',
    bytes: 893_921,
    sha256: '2fdf0bd6b722c4bc1491feaaf5dea08d04c2ba5025ad2df329d6221b7d72312b',
  },
  {
    groupId: 'org.scijava',
    artifactId: 'parsington',
    version: '1.0.3',
    bytes: 44_122,
    sha256: 'fbe91507b9173c82c3e25820c0fcc12c4b6d99cbc5ec4e0dfeb9362747545f92',
  },
  {
    groupId: 'org.bushe',
    artifactId: 'eventbus',
    version: '1.4',
    bytes: 82_778,
    sha256: '63ecd62d3e72447ddd0ed688c8dbf79d4ad96fafeaad5cc9836da9a91d4298fe',
  },
  {
    groupId: 'org.codehaus.groovy',
    artifactId: 'groovy-all',
    version: '2.4.21',
    bytes: 7_203_079,
    sha256: 'de65260cf2070442e99882f2f3d72e7531725c1e6a257446cc0cea525c607bd0',
  },
  {
    groupId: 'org.python',
    artifactId: 'jython-standalone',
    version: '2.7.0',
    bytes: 37_021_723,
    sha256: 'dd0666914501cfa39739e84cf64574fd1c65037970a2f5ab3daa9e9da0af646a',
  },
];

/** Without the user's own Fiji: tests run on what they know. */
export const testEnv = { ...process.env, FIJI_HOME: undefined };

export async function fijiOfToday(): Promise<FijiInstallation> {
  const home = await assembleStarter({ cacheFolder: defaultCacheFolder(testEnv), env: testEnv });
  return findFiji({ home, env: testEnv });
}

export async function fijiOf2018(): Promise<FijiInstallation> {
  const home = await assembleStarter({
    cacheFolder: defaultCacheFolder(testEnv),
    env: testEnv,
    parts: PARTS_2018,
  });
  const java = await findJava(testEnv);
  const jars = PARTS_2018.map((part) => join(home, 'jars', fileNameOf(part)));
  return {
    home,
    origin: 'the parts of 2018',
    start: { kind: 'jars', java: java.file, javaVersion: java.version, jars },
  };
}

/** A folder laid out as Fiji's, with a name that is hard on shells. */
export async function fijiWithLauncher(
  folder: string,
  name: LauncherName,
  { start }: FijiInstallation,
): Promise<FijiInstallation> {
  if (start.kind !== 'jars') throw new Error('needs jars');
  const home = join(folder, "Fiji's place é.app");
  layOutFiji(home, name, start);
  return findFiji({ home, env: testEnv });
}

type LauncherName = 'ImageJ-linux64' | 'fiji-linux-x64';

/**
 * Jars, and a launcher that starts them as Fiji's own does: its own -Xmx on the command line, the user's arguments after
 * it, and only the flags that the real one understands.
 */
export function layOutFiji(
  home: string,
  name: LauncherName,
  { jars, java }: { readonly jars: readonly string[]; readonly java: string },
): void {
  mkdirSync(join(home, 'jars'), { recursive: true });
  for (const jar of jars) symlinkSync(jar, join(home, 'jars', `x-${basename(jar)}`));
  copyFileSync(
    join(import.meta.dirname, '../../lib/fiji/runner/gateway.groovy'),
    join(home, 'gateway.groovy'),
  );
  const flags = name === 'ImageJ-linux64' ? 'shift' : 'echo "Macro or script not found: --ij2" >&2; exit 1';
  writeFileSync(
    join(home, name),
    `#!/bin/sh
cd_home=$(dirname "$0")
headless=
[ "$1" = --ij2 ] && { ${flags}; }
[ "$1" = --headless ] && headless=-Djava.awt.headless=true
"${java}" $headless -Xmx77m -cp "$cd_home/jars/*" groovy.ui.GroovyMain "$cd_home/gateway.groovy" "$@"
`,
  );
  chmodSync(join(home, name), 0o755);
}

/** For tests of what needs a screen: the reason to skip them, where Xvfb is not installed. */
export const hasXvfb = spawnSync('Xvfb', ['-help']).error === undefined;
