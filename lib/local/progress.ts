/** How far a run on this machine has come, from the records that its workers write: the same ones as in the cloud. */
import type { RecordReader } from '../records/reader.ts';
import type { JobRecord } from '../records/record.ts';
import { Summary } from '../records/summary.ts';

export interface Progress {
  /** Jobs in the job file. */
  readonly total: number;
  /** Done when the run began. */
  readonly before: number;
  /** Succeeded, those of earlier runs included. */
  readonly done: number;
  /** Failed for good. */
  readonly failed: number;
  /** With a worker now. */
  readonly running: number;
  /** Since a worker took the first job, as long as none has come to an end in this session: Fiji starts, or a script is long. */
  readonly secondsWithoutEnd: number | undefined;
  /** Undefined until there is something to reckon with. */
  readonly secondsLeft: number | undefined;
  /** Titles of dialogs at which jobs wait, and nobody is there to answer. */
  readonly windows: readonly string[];
}

/** Adds up the records of one session, and nothing that earlier sessions wrote. */
export class Tracker {
  readonly #reader: RecordReader;
  readonly #summary = new Summary();
  readonly #total: number;
  readonly #before: number;
  readonly #since: Date;
  /** When the first job ended, and how many had by then: the wait for the first Fijis says nothing about those to come. */
  #first: { readonly at: number; readonly ended: number } | undefined;

  /**
   * @param total jobs in the job file
   * @param before how many of them were done before this session
   */
  constructor(reader: RecordReader, { total, before }: { readonly total: number; readonly before: number }) {
    this.#reader = reader;
    this.#total = total;
    this.#before = before;
    this.#since = new Date();
  }

  #firstTaken: number | undefined;

  /** Reads what is new. */
  async update(): Promise<void> {
    const since = this.#since.toISOString();
    for await (const record of this.#reader.newRecords()) {
      if (record.ended >= since) this.#summary.add(record);
    }
    if (this.ended > 0) this.#first ??= { at: Date.now(), ended: this.ended };
  }

  /** Jobs that ended in this session, one way or the other. */
  get ended(): number {
    return this.#summary.done + this.#summary.failed.length;
  }

  /** The last record of each job that failed for good in this session. */
  get failed(): JobRecord[] {
    return this.#summary.failed;
  }

  get succeeded(): number {
    return this.#summary.done;
  }

  hasEnded(job: string): boolean {
    const state = this.#summary.stateOf(job);
    return state === 'done' || state === 'failed';
  }

  /**
   * @param running jobs that workers have now
   * @param windows at which some of them wait
   */
  progress(running: number, windows: readonly string[] = []): Progress {
    const waiting = Math.max(0, this.#total - this.#before - this.ended);
    if (running > 0) this.#firstTaken ??= Date.now();
    return {
      total: this.#total,
      before: this.#before,
      done: this.#before + this.#summary.done,
      failed: this.#summary.failed.length,
      running: Math.min(running, waiting),
      secondsWithoutEnd: this.ended > 0 || waiting === 0 ? undefined : this.#secondsSinceFirstTaken(),
      secondsLeft: this.#secondsFor(waiting),
      windows,
    };
  }

  #secondsSinceFirstTaken(): number {
    return this.#firstTaken === undefined ? 0 : (Date.now() - this.#firstTaken) / 1000;
  }

  #secondsFor(jobs: number): number | undefined {
    if (this.#first === undefined || this.ended <= this.#first.ended) return undefined;
    const secondsEach = (Date.now() - this.#first.at) / 1000 / (this.ended - this.#first.ended);
    return Math.round(jobs * secondsEach);
  }
}
