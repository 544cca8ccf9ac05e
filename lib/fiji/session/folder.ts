/** The folder that one Fiji process lives in. Its path stays the same for all its jobs; what is in it does not. */
import { mkdirSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export class SessionFolder {
  readonly root: string;
  /** The script's working folder. */
  readonly work: string;
  /** Where the script puts its results: empty when it starts. */
  readonly output: string;
  /** Java's `user.home`: ImageJ's preferences and a plugin's settings are looked for here. */
  readonly home: string;
  readonly temporary: string;
  readonly preferences: string;
  #own = new Map<string, Set<string>>();

  constructor(root: string) {
    this.root = root;
    this.work = join(root, 'work');
    this.output = join(this.work, 'output');
    this.home = join(root, 'home');
    this.temporary = join(root, 'tmp');
    this.preferences = join(root, 'prefs');
    for (const folder of [this.output, this.home, this.temporary, this.preferences])
      mkdirSync(folder, { recursive: true });
  }

  /** What is there now belongs to Fiji itself and stays between jobs. */
  async remember(): Promise<void> {
    for (const folder of [this.home, this.temporary, this.preferences])
      this.#own.set(folder, new Set(await readdir(folder)));
  }

  /** As new for the next job. */
  async clean(): Promise<void> {
    for (const folder of [this.work, this.home, this.temporary, this.preferences]) {
      const own = this.#own.get(folder);
      for (const name of await readdir(folder)) {
        if (!own?.has(name)) await remove(join(folder, name));
      }
    }
    await mkdir(this.output, { recursive: true });
  }

  async remove(): Promise<void> {
    await remove(this.root);
  }
}

/** A script may have left folders without write permission, or a process may be writing its last file. */
async function remove(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  try {
    await rm(path, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await allowWriting(path);
    await rm(path, options);
  }
}

async function allowWriting(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await allowWriting(join(folder, entry.name));
  }
}
