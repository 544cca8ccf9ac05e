/**
 * Many records of one job become one state. A job can have several: attempts, interruptions, and doubles (a message is
 * delivered twice now and then). A success settles it, whatever came before or after; else the latest attempt speaks.
 */
import type { JobRecord } from './record.ts';

export type JobState = 'done' | 'failed' | 'unfinished';

/** How one record leaves its job: failed means that nobody tries again. */
export function stateOf({ outcome, final }: Pick<JobRecord, 'outcome' | 'final'>): JobState {
  if (outcome === 'success') return 'done';
  return final ? 'failed' : 'unfinished';
}

/** The one of two records of a job that speaks for it. */
export function speaksFor(one: JobRecord, other: JobRecord): JobRecord {
  if ((one.outcome === 'success') !== (other.outcome === 'success'))
    return one.outcome === 'success' ? one : other;
  return other.ended > one.ended || (other.ended === one.ended && other.attempt > one.attempt) ? other : one;
}

/** The jobs of a run, as its records come in. Of a job that is done only the id is kept: there may be a million. */
export class Summary {
  readonly #done = new Set<string>();
  readonly #others = new Map<string, JobRecord>();
  /** By job and start: a record may come twice. */
  readonly #interruptions = new Set<string>();

  add(record: JobRecord): void {
    if (record.outcome === 'interrupted') this.#interruptions.add(`${record.job} ${record.started}`);
    if (this.#done.has(record.job)) return;
    if (record.outcome === 'success') {
      this.#done.add(record.job);
      this.#others.delete(record.job);
      return;
    }
    const before = this.#others.get(record.job);
    this.#others.set(record.job, before === undefined ? record : speaksFor(before, record));
  }

  /** Jobs that succeeded. */
  get done(): number {
    return this.#done.size;
  }

  /** The last record of each job that failed for good. */
  get failed(): JobRecord[] {
    return [...this.#others.values()].filter((record) => stateOf(record) === 'failed');
  }

  /** The last record of each job that will be tried again. */
  get unfinished(): JobRecord[] {
    return [...this.#others.values()].filter((record) => stateOf(record) === 'unfinished');
  }

  /** How often a job was interrupted (Spot, SIGTERM) and went on elsewhere. */
  get interruptions(): number {
    return this.#interruptions.size;
  }

  stateOf(job: string): JobState | undefined {
    if (this.#done.has(job)) return 'done';
    const record = this.#others.get(job);
    return record && stateOf(record);
  }
}

export async function summarize(records: AsyncIterable<JobRecord> | Iterable<JobRecord>): Promise<Summary> {
  const summary = new Summary();
  for await (const record of records) summary.add(record);
  return summary;
}
