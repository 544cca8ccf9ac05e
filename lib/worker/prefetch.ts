/**
 * Is the next job worth taking while this one still runs?
 *
 * The gain is its fetch time, at most. The price is that it waits behind this job though another worker might begin it
 * at once, and that two jobs wait for their leases to end when this machine vanishes without a word. So only
 * - while jobs are short: at most a minute, a price nobody notices, less than what a new machine takes to boot;
 * - while the queue is deep: more jobs wait than all workers together hold, so that nobody goes without.
 */
import type { QueueDepth as Counted } from '../queue/depth.ts';

const SHORT_JOB_MS = 60_000;

/** How many jobs back the median looks: enough to ride out one odd job, few enough to follow a change of plate. */
const REMEMBERED = 9;

/** How old a count of the queue may be: one request for many short jobs. */
const COUNT_MS = 2_000;

/** A count of the queue (lib/queue/depth.ts); jobs that wait for their pause to end do not matter here. */
export type QueueDepth = Omit<Counted, 'delayed'>;

export class Prefetch {
  readonly #depth: () => Promise<QueueDepth>;
  readonly #recentMs: number[] = [];
  #counted: { readonly at: number; readonly deep: Promise<boolean> } | undefined;

  /** @param depth asks the queue; its failure means "not deep" */
  constructor(depth: () => Promise<QueueDepth>) {
    this.#depth = depth;
  }

  /** @param ms how long a job kept Fiji busy */
  jobTook(ms: number): void {
    this.#recentMs.push(ms);
    if (this.#recentMs.length > REMEMBERED) this.#recentMs.shift();
  }

  async isWorthIt(): Promise<boolean> {
    const typical = median(this.#recentMs);
    if (typical === undefined || typical > SHORT_JOB_MS) return false;

    if (this.#counted === undefined || Date.now() - this.#counted.at > COUNT_MS) {
      const deep = this.#depth().then(
        ({ waiting, held }) => waiting > held,
        () => false,
      );
      this.#counted = { at: Date.now(), deep };
    }
    return this.#counted.deep;
  }
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
