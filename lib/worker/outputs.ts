/** What a job left in its output folder: is it enough, and where does it go. */
import type { Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JobRecord } from '../records/record.ts';
import { folderError } from '../store/store-error.ts';
import type { Owner, Store } from '../store/store.ts';
import { sha256 } from './checksum.ts';
import { inLanes } from './lanes.ts';
import type { WorkerSettings } from './settings.ts';

export interface OutputFile {
  /** Relative to the output folder, with `/`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

export interface OutputFiles {
  readonly files: readonly OutputFile[];
  /** What lies there and cannot be uploaded, with the reason: for the job's log. */
  readonly skipped: readonly string[];
}

/**
 * Every file below a folder, in name order. A link to a file is that file: scripts link what they pass on unchanged.
 * A link to a folder is not followed (it may lead round in a circle, or out to the whole disk).
 */
export async function listOutputs(folder: string): Promise<OutputFiles> {
  const files: OutputFile[] = [];
  const skipped: string[] = [];

  // A script may put a link in the place of its output folder: what it leads to is the user's, and is not moved away.
  if ((await lstat(folder).catch(() => undefined))?.isSymbolicLink())
    return { files, skipped: ['what the link leads to that stands in the place of the output folder'] };

  for await (const { name, path, entry } of entriesBelow(folder, '')) {
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    const size = target?.isFile() ? (await stat(path).catch(() => undefined))?.size : undefined;

    if (size !== undefined) files.push({ name, path, bytes: size });
    else if (target?.isFile()) skipped.push(`${name}: a file whose name is not UTF-8`);
    else if (target === undefined) skipped.push(`${name}: a link to nothing`);
    else if (entry.isSymbolicLink()) skipped.push(`${name}: a link to something that is no file`);
    else skipped.push(`${name}: neither a file nor a folder`);
  }
  return { files, skipped };
}

async function* entriesBelow(
  folder: string,
  prefix: string,
): AsyncGenerator<{ readonly name: string; readonly path: string; readonly entry: Dirent }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException): Dirent[] => {
      // A script that removed its output folder left nothing in it.
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw folderError(error, { doing: 'Listing', key: prefix, location: folder });
    },
  );

  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [name, path] = [prefix + entry.name, join(folder, entry.name)];
    if (entry.isDirectory()) yield* entriesBelow(path, `${name}/`);
    else yield { name, path, entry };
  }
}

/**
 * Moves files out of Fiji's working folder, which the next job needs, to `folder`/output. A link becomes a copy of what
 * it points to: that may be in the working folder too.
 *
 * @param folder on the same disk
 */
export async function stageOutputs(files: readonly OutputFile[], folder: string): Promise<OutputFile[]> {
  const staged: OutputFile[] = [];

  for (const { name, path, bytes } of files) {
    const to = join(folder, 'output', name);
    await mkdir(dirname(to), { recursive: true });
    if ((await lstat(path)).isSymbolicLink()) await copyFile(path, to);
    else await rename(path, to);
    staged.push({ name, path: to, bytes });
  }
  return staged;
}

type Expectation = Pick<WorkerSettings, 'EXPECTED_NUMBER_FILES' | 'MIN_FILE_SIZE_BYTES' | 'NECESSARY_STRING'>;

const NAMES_IN_REASON = 20;

/**
 * The ancestor's rule: a file counts when it has at least MIN_FILE_SIZE_BYTES and NECESSARY_STRING in its name (with
 * its subfolders), and EXPECTED_NUMBER_FILES must count. Whatever does not count is still uploaded with the rest.
 *
 * @returns Why it is not enough; undefined when it is.
 */
export function missingOutputs(files: readonly OutputFile[], expected: Expectation): string | undefined {
  const counts = files.filter(
    ({ name, bytes }) => bytes >= expected.MIN_FILE_SIZE_BYTES && name.includes(expected.NECESSARY_STRING),
  );
  if (counts.length >= expected.EXPECTED_NUMBER_FILES) return undefined;

  const conditions = [
    expected.MIN_FILE_SIZE_BYTES > 0 ? `at least ${expected.MIN_FILE_SIZE_BYTES} bytes` : '',
    expected.NECESSARY_STRING === '' ? '' : `"${expected.NECESSARY_STRING}" in the name`,
  ].filter((condition) => condition !== '');
  const suffix = conditions.length === 0 ? '' : ` (${conditions.join(', ')})`;
  const shown = files.slice(0, NAMES_IN_REASON).map(({ name, bytes }) => `${name} (${bytes} bytes)`);
  const more = files.length > NAMES_IN_REASON ? ` and ${files.length - NAMES_IN_REASON} more` : '';
  const there = files.length === 0 ? 'its output folder is empty' : `there: ${shown.join(', ')}${more}`;

  return `${counts.length} of ${expected.EXPECTED_NUMBER_FILES} expected files${suffix}; ${there}`;
}

export type Upload =
  | { readonly kind: 'written'; readonly outputs: JobRecord['outputs'] }
  | { readonly kind: 'collision'; readonly reason: string };

export interface UploadOptions {
  /** Whether an absolute place is that of an image which the job read, or among those. */
  readonly holdsInputs?: (place: string) => boolean;
  /** Cuts it, even within a file. */
  readonly signal?: AbortSignal;
}

/** Small files wait for the line, not for this machine. */
const AT_ONCE = 4;

/**
 * Puts every file under `location`, subfolders kept. Stops at the first file that is not to be replaced (PutResult);
 * what was written before it stays, under this job's name, and is replaced when the job is done again.
 */
export async function uploadOutputs(
  files: readonly OutputFile[],
  location: string,
  owner: Owner,
  destination: Store,
  { holdsInputs = () => false, signal }: UploadOptions = {},
): Promise<Upload> {
  const outputs: JobRecord['outputs'] = [];
  const clashes: { readonly key: string; readonly reason: string }[] = [];

  await inLanes(files, AT_ONCE, async ({ name, path, bytes }) => {
    if (clashes.length > 0) return;
    const key = `${location}${name}`;
    const digest = await sha256(path, signal);
    const sparesForeign = holdsInputs(destination.describe(key));
    const result = await destination.put(key, path, { ...owner, sparesForeign }, signal);

    if (result.kind === 'written') outputs.push({ key, bytes, sha256: digest });
    else if (result.kind === 'foreign') clashes.push({ key, reason: overImage(key) });
    else clashes.push({ key, reason: collision(key, result.owner) });
  });
  const [clash] = clashes.sort(byKey);
  if (clash !== undefined) return { kind: 'collision', reason: clash.reason };
  return { kind: 'written', outputs: outputs.sort(byKey) };
}

/**
 * The cure stands early: a terminal shows the beginning. The other job may be one of groups that are no longer in the job
 * file: its files are still its own in this run.
 */
function collision(key: string, otherJob: string): string {
  return (
    `${key} was already written by job ${otherJob}. ` +
    'Put what tells the groups apart into output_file_location (results/{Plate}/{Well}) or into the file names. ' +
    'If that job’s group is no longer in the job file, write another "run" name into it: then the old files are replaced'
  );
}

function overImage(key: string): string {
  return (
    `${key} is there already, among the images that the job read, and was written by no job: it was left as it is. ` +
    'Choose another output_file_location, or give what the script writes another name'
  );
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
