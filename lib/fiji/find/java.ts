/** Finds a Java to run Fiji with: JAVA_HOME, then PATH. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DistributedFijiError } from '../../errors.ts';
import { installCommand } from './install.ts';

/** ImageJ 1.54p, SciJava and Jython are compiled for it. */
export const OLDEST_JAVA = 8;

export interface Java {
  /** Absolute path of the `java` executable. */
  readonly file: string;
  /** Major version: 8, 17, ... */
  readonly version: number;
}

export class JavaError extends DistributedFijiError {
  constructor(message: string) {
    super(message, {
      code: 'JAVA_NOT_FOUND',
      fault: 'environment',
      fix: `Install Java 17 or later: ${installCommand('java')}`,
    });
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws JavaError when there is none, or only one that is too old. */
export async function findJava(env: Environment): Promise<Java> {
  const tried: string[] = [];
  for (const file of candidates(env)) {
    if (!(await isExecutable(file))) continue;
    const version = await javaVersion(file, env);
    if (version !== undefined && version >= OLDEST_JAVA) return { file, version };
    tried.push(version === undefined ? `${file} does not run` : `${file} is Java ${version}`);
  }
  if (tried.length > 0)
    throw new JavaError(`Fiji needs Java ${OLDEST_JAVA} or later, but ${tried.join(', ')}.`);
  throw new JavaError('Fiji needs Java, and there is none: neither JAVA_HOME nor PATH has it.');
}

function candidates(env: Environment): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [
    ...(env['JAVA_HOME'] ? [join(env['JAVA_HOME'], 'bin', 'java')] : []),
    ...folders.map((folder) => join(folder, 'java')),
  ];
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Undefined when it does not run: macOS has a `java` that only says that there is none. */
async function javaVersion(file: string, env: Environment): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile(
      file,
      ['-version'],
      { env: env as NodeJS.ProcessEnv, timeout: 30_000 },
      (error, stdout, stderr) => {
        const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(`${stderr}\n${stdout}`) ?? [];
        resolve(error || first === undefined ? undefined : first === '1' ? Number(second) : Number(first));
      },
    );
  });
}
