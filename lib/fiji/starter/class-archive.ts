/**
 * A class-data archive (Java 13 and later): the classes that most jobs use, parsed once for this Java and these jars.
 * A Fiji process then starts with about a fifth less CPU time. Best effort: without it, Fiji only starts more slowly.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Java } from '../find/java.ts';
import { runnerFolder } from '../runner/path.ts';

const OLDEST_JAVA = 13;

/** Absolute path of the archive in `folder`, made if missing; undefined where this Java or this folder cannot have one. */
export async function classArchive(
  folder: string,
  jars: readonly string[],
  java: Java,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (java.version < OLDEST_JAVA) return undefined;
  try {
    const { mtimeMs } = await stat(java.file);
    const digest = createHash('sha256')
      .update([java.file, mtimeMs, ...jars].join('\n'))
      .digest('hex')
      .slice(0, 12);
    const archive = join(folder, `classes-java${java.version}-${digest}.jsa`);
    if ((await stat(archive).catch(() => undefined)) === undefined) await train(archive, jars, java, env);
    return archive;
  } catch {
    return undefined;
  }
}

async function train(
  archive: string,
  jars: readonly string[],
  java: Java,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const runner = runnerFolder();
  const scratch = await mkdtemp(join(tmpdir(), 'distributed-fiji-'));
  // Beside its place, then renamed into it: another process may be doing the same.
  const beside = `${archive}.${randomUUID()}.part`;
  try {
    await promisify(execFile)(
      java.file,
      [
        `-XX:ArchiveClassesAtExit=${beside}`,
        '-Djava.awt.headless=true',
        `-Duser.home=${scratch}`,
        `-Djava.io.tmpdir=${scratch}`,
        `-Djava.util.prefs.userRoot=${scratch}`,
        '-Dpython.cachedir.skip=true',
        '-cp',
        jars.join(delimiter),
        'groovy.ui.GroovyMain',
        join(runner, 'gateway.groovy'),
        '--headless',
        '--run',
        join(runner, 'training.groovy'),
      ],
      {
        cwd: scratch,
        env: { ...(env as NodeJS.ProcessEnv), DISTRIBUTED_FIJI_RUNNER: runner },
        timeout: 180_000,
        maxBuffer: 1 << 26,
      },
    );
    await rename(beside, archive);
  } finally {
    await rm(beside, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}
