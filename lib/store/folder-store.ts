/** A store that is a folder on this machine: ordinary files that its owner can open, copy and delete. */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { claim, isForeign } from './folder/claim.ts';
import { pathOf } from './folder/paths.ts';
import { copyContent, removeUnfinished, replaceFile } from './folder/replace.ts';
import { walk } from './folder/walk.ts';
import { folderError, StoreError } from './store-error.ts';
import { OWN_PREFIX, type Owner, type PutResult, type Store, type StoredObject } from './store.ts';

export class FolderStore implements Store {
  readonly root: string;
  #readied: Promise<{ readonly foldsCase: boolean }> | undefined;

  readonly #unlisted: readonly string[];

  /**
   * @param root absolute path; made at the first write
   * @param unlisted folders in it, each with a `/` at its end, whose files are not listed
   */
  constructor(root: string, unlisted: readonly string[] = []) {
    this.root = resolve(root);
    this.#unlisted = unlisted;
  }

  describe(key: string): string {
    return join(this.root, key);
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncGenerator<StoredObject> {
    try {
      yield* walk(this.root, { prefix, startAfter: options.startAfter ?? '', without: this.#unlisted });
    } catch (error) {
      throw this.#explain('Listing', prefix, error);
    }
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const path = pathOf(this.root, key);
    try {
      const found = await stat(path);
      return found.isFile() ? { key, bytes: found.size } : undefined;
    } catch (error) {
      const explained = this.#explain('Looking at', key, error);
      if (explained.trouble === 'missing' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
        return undefined;
      throw explained;
    }
  }

  async read(key: string): Promise<Readable> {
    const stream = createReadStream(pathOf(this.root, key));
    try {
      await once(stream, 'open');
      return stream;
    } catch (error) {
      throw this.#explain('Reading', key, error);
    }
  }

  async download(key: string, path: string, signal?: AbortSignal): Promise<number> {
    const from = pathOf(this.root, key);
    try {
      const { size } = await stat(from);
      await copyContent(from, path, signal);
      // A copy has the permissions of the original, which may be read-only: scratch must be removable.
      await chmod(path, 0o644);
      const copied = (await stat(path)).size;
      if (copied === size) return size;
      throw new StoreError(`Reading ${from} gave ${copied} bytes of ${size}: it is being written.`, {
        key,
        location: from,
        fix: 'Wait until the file is complete, then repeat.',
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain('Reading', key, error);
    }
  }

  async write(key: string, body: string | Uint8Array): Promise<void> {
    const path = pathOf(this.root, key);
    try {
      await this.#ready();
      await replaceFile(this.root, path, (aside) => writeFile(aside, body));
    } catch (error) {
      throw this.#explain('Writing', key, error);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await rm(pathOf(this.root, key), { force: true });
    } catch (error) {
      throw this.#explain('Removing', key, error);
    }
  }

  async put(key: string, path: string, owner: Owner, signal?: AbortSignal): Promise<PutResult> {
    const target = pathOf(this.root, key);
    try {
      const { foldsCase } = await this.#ready();
      if (owner.sparesForeign === true && (await isForeign(this.root, key, foldsCase)))
        return { kind: 'foreign' };
      let holder = owner.job;
      await replaceFile(
        this.root,
        target,
        (aside) => copyContent(path, aside, signal),
        async () => {
          signal?.throwIfAborted();
          holder = await claim(this.root, key, owner, foldsCase);
          return holder === owner.job;
        },
      );
      return holder === owner.job ? { kind: 'written' } : { kind: 'collision', owner: holder };
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain('Writing', key, error);
    }
  }

  /** Once, before the first write. */
  #ready(): Promise<{ readonly foldsCase: boolean }> {
    this.#readied ??= (async () => {
      const own = join(this.root, OWN_PREFIX);
      await mkdir(own, { recursive: true });
      await removeUnfinished(this.root);
      const foldsCase = await stat(join(dirname(own), 'DISTRIBUTED-FIJI')).then(
        () => true,
        () => false,
      );
      return { foldsCase };
    })();
    this.#readied.catch(() => (this.#readied = undefined));
    return this.#readied;
  }

  #explain(doing: string, key: string, error: unknown): StoreError {
    return folderError(error, { doing, key, location: this.describe(key) });
  }
}
