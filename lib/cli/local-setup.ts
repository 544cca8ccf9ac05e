/** Everything that a run on this machine needs, checked before anything starts. */
import { constants } from 'node:fs';
import { access, mkdir, opendir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Config } from '../config/index.ts';
import { DistributedFijiError, type ErrorCode } from '../errors.ts';
import { findFiji } from '../fiji/find/find.ts';
import type { FijiInstallation } from '../fiji/fiji.ts';
import { openJobFile, type JobFile } from '../jobs/index.ts';
import { FolderStore } from '../store/folder-store.ts';
import { OWN_PREFIX } from '../store/store.ts';
import { liveLine } from './live-line.ts';
import { whyNot } from './plain-words.ts';
import { userPath } from './user-path.ts';
import { readUserScript, type UserScript } from './user-script.ts';

export class LocalSetupError extends DistributedFijiError {
  constructor(code: ErrorCode, message: string, fix: string, cause?: unknown) {
    super(message, { code, fix, cause });
  }
}

export interface LocalWishes {
  readonly jobFile: string;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly script?: string | undefined;
}

export interface LocalSetup {
  readonly jobFile: JobFile;
  readonly script: UserScript;
  /** Absolute folder. */
  readonly input: string;
  /** Absolute folder; not yet made. */
  readonly output: string;
}

/** The worker and Fiji are made of what Linux and macOS have: process groups, signals, /proc or ps. */
export function refuseWindows(platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32') return;
  throw new LocalSetupError(
    'SYSTEM_UNSUPPORTED',
    'Distributed-Fiji does not run on Windows itself.',
    "Run the same commands in WSL2, Windows' own Linux: `wsl --install` in a terminal sets it up.",
  );
}

/**
 * Reads what the user named. Writes nothing.
 *
 * @throws LocalSetupError, JobFileError, ScriptError
 */
export async function readWishes(wishes: LocalWishes, config: Config): Promise<LocalSetup> {
  const path = userPath(wishes.jobFile);
  const home = dirname(path);
  const input = wishes.input === undefined ? home : userPath(wishes.input);
  const output = wishes.output === undefined ? join(home, 'results') : userPath(wishes.output);
  await mustHoldFiles(input);
  const jobFile = await openJobFile(path, { source: new FolderStore(input, resultsIn(input, output)) });
  try {
    const script = await readUserScript(wishes.script, config);
    return { jobFile, script, input, output };
  } catch (error) {
    jobFile.close();
    throw error;
  }
}

/** Results are no images: where they go, when that is in the input folder; what is in it of ours, when it is that folder. */
function resultsIn(input: string, output: string): string[] {
  const within = relative(input, output).split(sep).join('/');
  if (within.startsWith('..') || isAbsolute(within)) return [];
  return [within === '' ? OWN_PREFIX : `${within}/`];
}

async function mustHoldFiles(folder: string): Promise<void> {
  const fix = 'Name the folder that holds your images with --input.';
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    throw new LocalSetupError('INPUT_INVALID', `There is no input folder at ${folder}.`, fix);
  }
  if (!found.isDirectory()) {
    throw new LocalSetupError('INPUT_INVALID', `The input ${folder} is a file, not a folder.`, fix);
  }
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    const entries = await opendir(folder);
    const first = await entries.read();
    await entries.close();
    if (first !== null) return;
  } catch (error) {
    const again = 'Give yourself the right to read it, or name another folder with --input.';
    throw new LocalSetupError(
      'INPUT_INVALID',
      `The input folder ${folder} cannot be read: ${await whyNot(error, folder)}.`,
      again,
      error,
    );
  }
  throw new LocalSetupError('INPUT_INVALID', `The input folder ${folder} is empty.`, fix);
}

/**
 * Makes the folder for results, and writes a file there to see that it can.
 *
 * @throws LocalSetupError
 */
export async function makeOutputFolder(folder: string): Promise<void> {
  const probe = join(folder, `.distributed-fiji-${process.pid}`);
  try {
    await makeFolders(folder);
    await writeFile(probe, '');
  } catch (error) {
    throw new LocalSetupError(
      'OUTPUT_INVALID',
      `Results cannot be written to ${folder}: ${await whyNot(error, folder)}.`,
      'Name a folder that you may write to with --output.',
      error,
    );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** One after the other: Node's recursive mkdir never comes back from places where nothing can be made, such as /proc. */
async function makeFolders(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined)) !== undefined) return;
  if (dirname(folder) !== folder) await makeFolders(dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Says so while the starter Fiji is downloaded, which happens once. */
export async function findFijiAloud(): Promise<FijiInstallation> {
  const line = liveLine();
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const fiji = await findFiji({
    env: process.env,
    onProgress: ({ doneBytes, totalBytes }) =>
      line.show(
        `No Fiji found: downloading the starter Fiji, once: ${mb(doneBytes)} of ${mb(totalBytes)} MB`,
      ),
  });
  line.end();
  return fiji;
}

/** Where workers put what lives no longer than a job. Each user has one of their own: /tmp belongs to all. */
export function scratchFolder(): string {
  return join(tmpdir(), `distributed-fiji-${userInfo().username}`);
}
