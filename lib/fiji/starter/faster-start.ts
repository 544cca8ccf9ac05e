/**
 * What makes the starter Fiji start with half the CPU time, made once and kept beside its jars:
 * the runner compiled into a jar (no Groovy compiler at each start), and a class-data archive (Java 13 and later: the
 * classes that most jobs use, already parsed, for this Java and these jars). Best effort: without them Fiji starts too.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Java } from '../find/java.ts';
import { runnerFolder } from '../runner/path.ts';

const OLDEST_JAVA_WITH_ARCHIVES = 13;
const TIMEOUT_MS = 180_000;
/** An archive that no Fiji started with for a week is of another version of this product or of Java. */
const UNUSED_MS = 7 * 24 * 3600 * 1000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface FasterStart {
  readonly runnerJar?: string;
  readonly classArchive?: string;
}

/** Absolute paths of what `folder` holds, made if missing; less where this Java or this folder cannot have it. */
export async function fasterStart(
  folder: string,
  jars: readonly string[],
  java: Java,
  env: Environment,
): Promise<FasterStart> {
  const made: { runnerJar?: string; classArchive?: string } = {};
  try {
    const runnerJar = join(folder, `runner-${await runnerDigest()}.jar`);
    await once(runnerJar, (file) =>
      run(
        java,
        ['-cp', jars.join(delimiter), 'groovy.ui.GroovyMain', join(runnerFolder(), 'compile.groovy'), file],
        env,
      ),
    );
    made.runnerJar = runnerJar;
    if (java.version < OLDEST_JAVA_WITH_ARCHIVES) return made;

    const classPath = [...jars, runnerJar];
    // Java leaves an archive aside, without a word, when a jar is not the file that it was made with: by size and time.
    const used = await Promise.all(
      [java.file, ...classPath].map(async (file) => {
        const { size, mtimeMs } = await stat(file);
        return [file, size, mtimeMs].join(' ');
      }),
    );
    const digest = digestOf(used.join('\n'));
    const classArchive = join(folder, `classes-java${java.version}-${digest}.jsa`);
    const training = ['gateway', '--headless', '--run', join(runnerFolder(), 'training.groovy')];
    await once(classArchive, (file) =>
      run(java, [`-XX:ArchiveClassesAtExit=${file}`, '-cp', classPath.join(delimiter), ...training], env),
    );
    made.classArchive = classArchive;
    const now = new Date();
    await utimes(classArchive, now, now);
    await forgetArchives(folder, now.getTime() - UNUSED_MS);
  } catch {
    // A folder that cannot be written, a Java without archives: what there is will do.
  }
  return made;
}

/**
 * Makes a file beside its place and puts it there, unless another process was first: what is there is never replaced,
 * since an archive holds only for the very jar that it was made with.
 */
async function once(file: string, make: (beside: string) => Promise<void>): Promise<void> {
  if ((await stat(file).catch(() => undefined)) !== undefined) return;
  const beside = `${file}.${randomUUID()}.part`;
  try {
    await make(beside);
    await link(beside, file).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
  } finally {
    await rm(beside, { force: true });
  }
}

/** Archives only: tens of MB each, and Java starts without one that is gone. The small runner jars stay: it would not without. */
async function forgetArchives(folder: string, usedBefore: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^classes-java.*\.jsa(\..*\.part)?$/.test(name)) continue;
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined); // Another process may be doing the same.
    if (found !== undefined && found.mtimeMs < usedBefore) await rm(file, { force: true });
  }
}

async function run(java: Java, args: readonly string[], env: Environment): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'distributed-fiji-'));
  const folders = ['user.home', 'java.io.tmpdir', 'java.util.prefs.userRoot'].map(
    (name) => `-D${name}=${scratch}`,
  );
  const options = {
    cwd: scratch,
    env: { ...(env as NodeJS.ProcessEnv), DISTRIBUTED_FIJI_RUNNER: runnerFolder() },
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
  };
  try {
    await promisify(execFile)(
      java.file,
      ['-Djava.awt.headless=true', '-Dpython.cachedir.skip=true', ...folders, ...args],
      options,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Another runner is another jar. */
async function runnerDigest(): Promise<string> {
  const folder = runnerFolder();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.groovy')).sort();
  return digestOf((await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\0'));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
