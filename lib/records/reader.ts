/**
 * Reads what happened to the jobs of a run; again and again, each time only what is new.
 *
 * Keys sort by the time at which a worker wrote them, by its own clock, and a write may be repeated for a while before
 * it succeeds: a key can turn up behind one that was read. So each listing begins some minutes before the newest key
 * seen, and leaves out the keys it has read.
 */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import { inOrder } from './in-order.ts';
import { recordsPrefix, recordsSince, timeOfKey } from './key.ts';
import { record, type JobRecord } from './record.ts';

/** How far behind the newest key another one may still turn up. */
export const LATE_MS = 5 * 60_000;

/** Objects read at once: a bucket answers each after some tens of milliseconds. */
const AT_ONCE = 64;

/** How often an object is read whose body breaks off. */
const READS = 4;

/** Listings in one call, while objects vanish between being listed and being read. */
const MOST_LISTINGS = 3;

/** Keys remembered before those are forgotten that will not be listed again. */
const FORGET_AT = 5_000;

export class RecordReader {
  readonly #store: Store;
  readonly #appName: string;
  readonly #run: string;
  /** Keys that were read and will be listed again. */
  #read = new Set<string>();
  #forgetAt = FORGET_AT;
  #newest = 0;
  #skipped = 0;
  #vanished = false;

  constructor(store: Store, appName: string, run: string) {
    this.#store = store;
    this.#appName = appName;
    this.#run = run;
  }

  /** Lines that could not be understood: broken, or of a newer version of this product. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * The records that were not given before, roughly in time's order. One attempt may come twice (see summary.ts).
   *
   * @throws StoreError when the store cannot be read; what follows is then given by the next call
   */
  async *newRecords(): AsyncGenerator<JobRecord> {
    for (let listing = 0; listing < MOST_LISTINGS; listing += 1) {
      this.#vanished = false;
      yield* this.#listed();
      if (!this.#vanished) return;
    }
  }

  async *#listed(): AsyncGenerator<JobRecord> {
    const lines = inOrder(this.#newKeys(), AT_ONCE, async (key) => ({
      key,
      lines: await this.#linesOf(key),
    }));

    for await (const object of lines) {
      for (const line of object.lines) {
        const parsed = this.#parse(line);
        if (parsed !== undefined) yield parsed;
      }
      this.#remember(object.key);
    }
  }

  async *#newKeys(): AsyncGenerator<string> {
    const prefix = recordsPrefix(this.#appName, this.#run);
    const startAfter =
      this.#newest > 0 ? recordsSince(this.#appName, this.#run, new Date(this.#newest - LATE_MS)) : '';

    for await (const { key } of this.#store.list(prefix, { startAfter })) {
      if (timeOfKey(key) !== undefined && !this.#read.has(key)) yield key;
    }
  }

  #remember(key: string): void {
    this.#read.add(key);
    this.#newest = Math.max(this.#newest, timeOfKey(key)?.getTime() ?? 0);
    if (this.#read.size >= this.#forgetAt) this.#forget();
  }

  /** What the next listing leaves out by itself need not be remembered. */
  #forget(): void {
    const oldest = recordsSince(this.#appName, this.#run, new Date(Math.max(this.#newest - LATE_MS, 0)));
    this.#read = new Set([...this.#read].filter((key) => key > oldest));
    this.#forgetAt = Math.max(FORGET_AT, 2 * this.#read.size);
  }

  async #linesOf(key: string): Promise<string[]> {
    try {
      const body = await this.#whole(key);
      return body.split('\n').filter((line) => line !== '');
    } catch (error) {
      // Gone since it was listed: a larger one may have taken its place. Any other trouble hides records, and is told.
      if ((await this.#store.head(key)) !== undefined) throw error;
      this.#vanished = true;
      return [];
    }
  }

  /** A body can break off after its first byte, which no store repeats by itself. */
  async #whole(key: string): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await text(await this.#store.read(key));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        if (attempt === READS) {
          const location = this.#store.describe(key);
          throw new StoreError(`Reading ${location} broke off ${READS} times: ${messageOf(error)}`, {
            key,
            location,
            fix: 'Check the network, then repeat.',
            cause: error,
          });
        }
      }
      await sleep(250 * 2 ** attempt);
    }
  }

  #parse(line: string): JobRecord | undefined {
    try {
      return record.parse(JSON.parse(line));
    } catch {
      this.#skipped += 1;
      return undefined;
    }
  }
}

/** All records of a run, once. */
export function readRecords(store: Store, appName: string, run: string): AsyncIterable<JobRecord> {
  return new RecordReader(store, appName, run).newRecords();
}
