/** Job files for tests, and what comes out of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JobFileError, openJobFile, type JobFile, type JobMessage } from '../../lib/jobs/index.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { aFolder } from '../fixtures/folder.ts';

/** @param content JSON text as it is, or a value to write as JSON. @returns the path */
export async function jobFileOf(content: unknown, name = 'my plate.json'): Promise<string> {
  const path = join(await aFolder(), name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Empty files in a folder of their own. */
export async function folderOf(...keys: readonly string[]): Promise<FolderStore> {
  const folder = await aFolder();
  for (const key of keys) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), '');
  }
  return new FolderStore(folder);
}

export async function opened<T>(
  path: string,
  use: (jobFile: JobFile) => Promise<T> | T,
  source?: FolderStore,
): Promise<T> {
  const jobFile = await openJobFile(path, source === undefined ? {} : { source });
  try {
    return await use(jobFile);
  } finally {
    jobFile.close();
  }
}

/** Every message of a job file with this content. */
export async function jobsOf(content: unknown, source?: FolderStore): Promise<JobMessage[]> {
  return opened(await jobFileOf(content), async (jobFile) => all(jobFile.messages()), source);
}

/** The groups that a description makes. */
export async function groupsOf(groups: unknown, source?: FolderStore): Promise<unknown[]> {
  const jobs = await jobsOf({ output_file_location: 'out', groups }, source);
  return jobs.map(({ Metadata }) => Metadata);
}

/** What a user reads when a job file is refused: message and fix. */
export async function refusalOf(content: unknown, source?: FolderStore): Promise<string> {
  return refusalOfFile(await jobFileOf(content), source);
}

export async function refusalOfFile(path: string, source?: FolderStore): Promise<string> {
  try {
    await opened(path, () => undefined, source);
  } catch (error) {
    if (error instanceof JobFileError) return `${error.message}\nFix: ${error.fix}`;
    throw error;
  }
  return 'it was taken';
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}
