/** Are these files still there, with these sizes? For millions of them, with one listing of where they are. */
import { hash } from 'node:crypto';
import type { Store, StoredObject } from '../store/store.ts';

/** Objects that nobody asked for, one after the other, until it is cheaper to begin a new listing further on. */
const MOST_STRANGERS = 2_000;

export class OutputCheck {
  /** Hashes of the outputs of all jobs, one job's after the other's; `#ends[i]` is where those of job i end. */
  #hashes = new Float64Array(1024);
  #count = 0;
  readonly #ends: number[] = [];
  readonly #folders = new Set<string>();

  /** @returns the place of this job, for the answer of {@link look} */
  expect(outputs: readonly StoredObject[]): number {
    for (const output of outputs) {
      if (this.#count === this.#hashes.length) this.#hashes = grown(this.#hashes);
      this.#hashes[this.#count++] = hashOf(output);
      this.#folders.add(folderOf(output.key));
    }
    return this.#ends.push(this.#count) - 1;
  }

  /** @returns a function that says of a place whether all of its outputs are there */
  async look(store: Store): Promise<(place: number) => boolean> {
    const wanted = this.#hashes.slice(0, this.#count).sort();
    const there = new Uint8Array(wanted.length);
    const folders = [...this.#folders].sort();

    let from = folders[0];
    while (from !== undefined) from = await this.#lookFrom(store, from, folders, wanted, there);

    return (place) => {
      const own = this.#hashes.subarray(this.#ends[place - 1] ?? 0, this.#ends[place]);
      return own.every((value) => there[placeIn(wanted, value)] === 1);
    };
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

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
