/** Are these files still there, with these sizes? For millions of them, with one listing of where they are. */
import { hash } from 'node:crypto';
import type { Store, StoredObject } from '../store/store.ts';
import { Growing } from './growing.ts';

/** Objects that nobody asked for, one after the other, until it is cheaper to begin a new listing further on. */
const MOST_STRANGERS = 2_000;

/** Folders whose names are kept. When there are more, it is their parents' names, and so on upwards. */
const MOST_FOLDERS = 10_000;

export class OutputCheck {
  /** Hashes of the outputs of all jobs, one job's after the other's; `#ends[i]` is where those of job i end. */
  readonly #hashes = new Growing((length) => new Float64Array(length));
  readonly #ends = new Growing((length) => new Uint32Array(length));
  /** Every output is in one of these folders, or below one. */
  #folders = new Set<string>();
  /** How many levels of a folder's name are kept. */
  #levels = Infinity;

  /** The next job's outputs: the first job's place is 0. */
  expect(outputs: readonly StoredObject[]): void {
    for (const output of outputs) {
      this.#hashes.push(hashOf(output));
      this.#remember(folderOf(output.key));
    }
    this.#ends.push(this.#hashes.length);
  }

  /** @returns a function that says of a job's place whether all of its outputs are there */
  async look(store: Store): Promise<(place: number) => boolean> {
    const hashes = this.#hashes.all();
    const ends = this.#ends.all();
    const wanted = hashes.slice().sort();
    const there = new Uint8Array(wanted.length);
    const folders = [...this.#folders].sort();

    let from = folders[0];
    while (from !== undefined) from = await this.#lookFrom(store, from, folders, wanted, there);

    return (place) => {
      const own = hashes.subarray(ends[place - 1] ?? 0, ends[place]);
      return own.every((value) => there[placeIn(wanted, value)] === 1);
    };
  }

  #remember(folder: string): void {
    this.#folders.add(upTo(this.#levels, folder));
    while (this.#folders.size > MOST_FOLDERS) {
      const deepest = Math.max(...[...this.#folders].map((name) => name.split('/').length - 1));
      this.#levels = deepest - 1;
      this.#folders = new Set([...this.#folders].map((name) => upTo(this.#levels, name)));
    }
  }

  /** Lists from a folder on. @returns the folder to go on from, when only strangers came for a while */
  async #lookFrom(
    store: Store,
    from: string,
    folders: readonly string[],
    wanted: Float64Array,
    there: Uint8Array,
  ): Promise<string | undefined> {
    let strangers = 0;
    for await (const object of store.list(commonStart(from, folders.at(-1) ?? from), { startAfter: from })) {
      const place = placeIn(wanted, hashOf(object));
      if (place >= 0) {
        there[place] = 1;
        strangers = 0;
      } else if (++strangers >= MOST_STRANGERS && !this.#mayHoldMore(object.key)) {
        return folders.find((folder) => folder > object.key);
      }
    }
    return undefined;
  }

  /** True if the key is in one of the folders, or below one: what is looked for there may come after it. */
  #mayHoldMore(key: string): boolean {
    for (let end = key.lastIndexOf('/'); end >= 0; end = key.lastIndexOf('/', end - 1)) {
      if (this.#folders.has(key.slice(0, end + 1))) return true;
      if (end === 0) break;
    }
    return this.#folders.has('');
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

/** The first levels of a folder's name: of `a/b/c/` two are `a/b/`. */
function upTo(levels: number, folder: string): string {
  let end = -1;
  for (let level = 0; level < levels; level += 1) {
    const next = folder.indexOf('/', end + 1);
    if (next < 0) break;
    end = next;
  }
  return folder.slice(0, end + 1);
}

/** 52 bits, which a number holds. A missing file among ten million others is taken for there once in 10^8 times. */
function hashOf({ key, bytes }: StoredObject): number {
  return Number.parseInt(hash('sha1', `${bytes}\n${key}`, 'hex').slice(0, 13), 16);
}

/** Binary search; -1 if it is not there. */
function placeIn(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle] as number;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return one.slice(0, length);
}
