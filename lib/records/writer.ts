/**
 * Holds the records of finished jobs for a moment and writes them together, as one new object: S3 objects cannot grow,
 * and one object a job would cost more than the job. Only when they are written does the caller hear of it, and deletes
 * the messages of those jobs in one batch; until then it keeps their leases.
 *
 *   add ──► held ──(10 jobs or 2 s)──► written under a new key ──► `written` is called
 *                        ▲    │ failed
 *                        └────┘ kept, and tried again under the same key: what did arrive is written over, not doubled
 *
 * In a folder, where 40,000 long jobs would make 40,000 small files, a worker's next object holds the last one's records
 * too, up to a hundred, and then takes its place. Killed in between, both stay: a record that comes twice counts once.
 */
import { messageOf } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { addTallies, NOTHING, recordsKey, tallyOf, type Tally } from './key.ts';
import { LATE_MS } from './reader.ts';
import type { JobRecord } from './record.ts';

/** What SQS deletes in one call. */
const MOST_JOBS = 10;

const LONGEST_MS = 2_000;

/** Records in one file of a folder: what is written again with each batch stays small. */
const MOST_IN_FILE = 100;

/** Pauses after failed writes grow to this. */
const LONGEST_PAUSE_MS = 60_000;

export interface RecordWriterOptions<T> {
  readonly store: Store;
  readonly appName: string;
  /** Unique for each worker process. */
  readonly worker: string;
  /** Hears of what was added together with the records that are now written. */
  readonly written: (held: T[]) => Promise<void>;
  /** Told of a write that failed and will be tried again, or of `written` rejecting. */
  readonly onTrouble?: (message: string) => void;
  /** Jobs held at most. @default 10 */
  readonly mostJobs?: number;
  /** Milliseconds a job is held at most. @default 2000 */
  readonly longestMs?: number;
}

interface Entry<T> {
  readonly record: JobRecord;
  readonly held: T;
}

interface Batch<T> {
  readonly at: Date;
  readonly entries: readonly Entry<T>[];
}

/** The last object of a run, where the next one can take its place. */
interface Last {
  readonly at: Date;
  readonly key: string;
  readonly count: number;
  readonly lines: string;
  readonly tally: Tally;
}

export class RecordWriter<T> {
  readonly #options: RecordWriterOptions<T>;
  /** By run. */
  readonly #last = new Map<string, Last>();
  #pending: Entry<T>[] = [];
  /** Taken out of `pending`, not written yet. */
  #batch: Batch<T> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failures = 0;
  #lastAt = 0;

  constructor(options: RecordWriterOptions<T>) {
    this.#options = options;
  }

  /** Jobs whose record is not written yet. */
  get waiting(): number {
    return this.#pending.length + (this.#batch?.entries.length ?? 0);
  }

  /** @param held what `written` is to hear of: the job's lease */
  add(record: JobRecord, held: T): void {
    this.#pending.push({ record, held });
    // After a failed write it is the timer that tries again, however many jobs come in meanwhile.
    if (this.#pending.length >= (this.#options.mostJobs ?? MOST_JOBS) && this.#failures === 0)
      this.#flushSoon(0);
    else this.#timer ??= this.#flushSoon(this.#options.longestMs ?? LONGEST_MS);
  }

  /**
   * Writes everything that was added, and waits until `written` has heard of it: before a worker ends.
   *
   * @throws StoreError when it could not be written: the records are kept and tried again, by the next flush or by themselves
   */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writeAll());
    try {
      await this.#writing;
    } catch (error) {
      const pause = (this.#options.longestMs ?? LONGEST_MS) * 2 ** this.#failures;
      if (this.waiting > 0) this.#flushSoon(Math.min(pause, LONGEST_PAUSE_MS));
      throw error;
    }
  }

  #flushSoon(milliseconds: number): NodeJS.Timeout {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => this.#options.onTrouble?.(messageOf(error)));
    }, milliseconds);
    // A worker that ends flushes first; if that failed too, waiting here would keep its leases for nothing.
    this.#timer.unref();
    return this.#timer;
  }

  async #writeAll(): Promise<void> {
    while (this.waiting > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#write(batch);
      } catch (error) {
        this.#failures += 1;
        throw error;
      }
      this.#failures = 0;
      this.#batch = undefined;
      await this.#options.written(batch.entries.map(({ held }) => held));
    }
  }

  /** The batch that failed last, under its old time unless that is so old that readers are past it; or a new one. */
  #nextBatch(): Batch<T> {
    const entries = this.#batch?.entries ?? this.#pending.splice(0);
    const tooOld = this.#batch !== undefined && Date.now() - this.#batch.at.getTime() > LATE_MS / 2;
    if (this.#batch === undefined || tooOld) this.#batch = { at: this.#newTime(), entries };
    return this.#batch;
  }

  /** Never the same twice, or an object would replace the one before. */
  #newTime(): Date {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return new Date(this.#lastAt);
  }

  /** One object for each run: a queue may hold the jobs of several. */
  async #write({ at, entries }: Batch<T>): Promise<void> {
    const { store, appName, worker } = this.#options;
    const byRun = Map.groupBy(
      entries.map(({ record }) => record),
      ({ run }) => run,
    );
    for (const [run, records] of byRun) {
      const last = this.#last.get(run);
      // A repeated batch, of which this run's part had been written.
      if (last?.at === at) continue;
      const joined = last !== undefined && last.count + records.length <= MOST_IN_FILE ? last : undefined;
      const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
      const next = {
        at,
        count: records.length + (joined?.count ?? 0),
        lines: (joined?.lines ?? '') + lines,
        tally: addTallies(joined?.tally ?? NOTHING, tallyOf(records)),
      };
      const key = recordsKey(appName, run, at, worker, next.tally);
      await store.write(key, next.lines);
      if (store.remove === undefined) continue;
      this.#last.set(run, { ...next, key });
      // Two files that tell the same do no harm.
      if (joined !== undefined) await store.remove(joined.key).catch(() => undefined);
    }
  }
}
