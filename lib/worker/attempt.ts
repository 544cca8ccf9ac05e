/**
 * One attempt at one job, from its lease to its end: the dossier that every step adds to.
 *
 *   preparing -> running -> storing -> settled      the usual way; a failing step jumps to settled
 *       any of the first three -> dropped           given back (this worker stops) or lost (somebody else has it)
 *
 * `settled` and `dropped` exclude each other: whoever sets one first wins, and the other path ends without a word.
 */
import { join } from 'node:path';
import type { History } from '../jobs/message.ts';
import type { JobMessage } from '../jobs/parse-message.ts';
import { parametersOf } from '../jobs/parse-message.ts';
import type { Lease } from '../queue/lease.ts';
import type { Outcome } from '../records/outcome.ts';
import type { JobRecord } from '../records/record.ts';

export type Stage = 'preparing' | 'running' | 'storing' | 'settled' | 'dropped';

/** How an attempt ended, once that is known. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One line for people; empty on success. */
  readonly reason: string;
}

export class Attempt {
  readonly lease: Lease;
  readonly message: JobMessage;
  /** Its own folder in scratch: starts empty, removed at the end. */
  readonly folder: string;
  readonly history: History;
  /** Whether it was taken while another job ran. */
  readonly ahead: boolean;
  /** When this worker turned to it: with inputs fetched ahead, when its turn came. */
  started = new Date();
  stage: Stage = 'preparing';
  /** What the script is given. The inputs step turns names of inputs into paths. */
  parameters: JobRecord['parameters'];
  inputs: JobRecord['inputs'] = [];
  outputs: JobRecord['outputs'] = [];
  readonly phases: JobRecord['phases'];
  peakMemoryBytes: number | undefined;
  peakDiskBytes: number | undefined;
  /** What a step of this job said before the worker had to leave over it. */
  trouble: string | undefined;
  /** Lines of the worker's own for the job's log, beside what Fiji wrote. */
  readonly notes: string[] = [];
  readonly #dropped = new AbortController();

  constructor(lease: Lease, message: JobMessage, folder: string, ahead: boolean) {
    this.lease = lease;
    this.message = message;
    this.folder = folder;
    this.ahead = ahead;
    this.history = message.history ?? { failures: [], interruptions: 0 };
    this.parameters = parametersOf(message);
    this.phases = { wait: Math.max(0, lease.receivedAt - lease.sentAt) };
  }

  /** 1 for the first; interruptions do not count. */
  get number(): number {
    return this.history.failures.length + 1;
  }

  get names(): { readonly run: string; readonly job: string; readonly attempt: number } {
    return { run: this.message.run, job: this.message.job, attempt: this.number };
  }

  /** Aborted when the job is no longer this worker's: every step that takes time listens to it. */
  get signal(): AbortSignal {
    return this.#dropped.signal;
  }

  /** Where Fiji writes what it and the script print. */
  get fijiLog(): string {
    return join(this.folder, 'fiji.log');
  }

  /** Its turn in Fiji. @returns false when it was dropped before */
  begin(): boolean {
    if (this.stage !== 'preparing') return false;
    this.stage = 'running';
    if (this.ahead) this.started = new Date(); // the time it waited for its turn is not its own
    return true;
  }

  /** Its outputs leave. @returns false when it was dropped before */
  beginStoring(): boolean {
    if (this.stage !== 'running') return false;
    this.stage = 'storing';
    return true;
  }

  /** @returns false when it was settled or dropped before: then it is no longer the caller's to drop. */
  drop(): boolean {
    if (this.stage === 'settled' || this.stage === 'dropped') return false;
    this.stage = 'dropped';
    this.#dropped.abort();
    return true;
  }

  /** @returns false when it was dropped before: then nothing may be said of it. */
  settle(): boolean {
    if (this.stage === 'settled' || this.stage === 'dropped') return false;
    this.stage = 'settled';
    return true;
  }

  /** Runs a step and keeps its time, whether it ends well or not. */
  async timed<T>(phase: 'inputs' | 'outputs', step: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await step();
    } finally {
      this.phases[phase] = Math.round(performance.now() - start);
    }
  }
}
