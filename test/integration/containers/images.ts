/**
 * Images as users bring them, of what this machine has: no registry is asked. One holds a single static program and not
 * even a C library; the other a Java, and a Fiji where the ancestor's image has it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fijiOfToday, layOutFiji } from '../../fiji/fijis.ts';
import type { Engine } from './engine.ts';

export const BARE = 'lab/bare:1';
export const FIJI = 'lab/fiji:1';

/** Part of every Debian's C library. */
const UTF_8 = '/usr/lib/locale/C.utf8';

export function makeBareImage(engine: Engine): void {
  engine.importImage(BARE, packed(shell(engine)));
}

export async function makeFijiImage(engine: Engine): Promise<void> {
  const fiji = shell(engine);
  const parts = await fijiOfToday();
  if (parts.start.kind !== 'jars') throw new Error('the starter Fiji is jars');
  const java = realpathSync(parts.start.java);
  const home = dirname(dirname(java));
  layOutFiji(join(fiji, 'opt/fiji/Fiji.app'), 'ImageJ-linux64', { ...parts.start, java });
  engine.importImage(FIJI, packed(fiji, [home, UTF_8, ...librariesBelow(home)]), [`ENV JAVA_HOME=${home}`]);
}

/** A root folder with a shell: Fiji's launchers are scripts. */
function shell(engine: Engine): string {
  const root = mkdtempSync(join(engine.folder, 'root-'));
  for (const folder of ['bin', 'tmp']) mkdirSync(join(root, folder));
  const [busybox] = globSync(['/bin/busybox', '/usr/bin/busybox']);
  cpSync(busybox as string, join(root, 'bin/busybox'), { dereference: true });
  for (const name of ['sh', 'dirname']) symlinkSync('busybox', join(root, 'bin', name));
  return root;
}

/** @param also of this machine, absolute; links become what they lead to */
function packed(root: string, also: readonly string[] = []): string {
  const tar = `${root}.tar`;
  execFileSync('tar', ['--create', '--dereference', '-f', tar, '-C', root, '.']);
  if (also.length > 0) {
    const words = ['--append', '--dereference', '-f', tar, '-C', '/', ...also.map((path) => path.slice(1))];
    const { status, stderr } = spawnSync('tar', words, { encoding: 'utf8' });
    // 1: a link that leads nowhere, such as Debian's to Java's sources and manuals.
    if (status !== 0 && status !== 1) throw new Error(stderr);
  }
  return tar;
}

/** What Java's own programs and libraries are linked with. */
function librariesBelow(home: string): string[] {
  const files = globSync(['bin/java', 'lib/**/*.so'], { cwd: home }).map((name) => join(home, name));
  const { stdout } = spawnSync('ldd', files, { encoding: 'utf8' });
  const found = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path as string);
  return [...new Set(found)].filter((path) => !path.startsWith(home));
}
