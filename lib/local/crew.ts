/**
 * The workers of a run: as many as were asked for, each replaced when it dies.
 *
 * Workers that give up with an error, again and again, with no job coming to an end in between, will never work: after
 * LAST_CHANCE times in a row the crew gives up and says what the worker printed. A worker that was killed by a signal
 * (out of memory) does not count: its job does (lib/worker/settings.ts, mostLosses).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistributedFijiError } from '../errors.ts';
import { startWorker, type WorkerExit, type WorkerProcess } from './worker-process.ts';

export class WorkerDiedError extends DistributedFijiError {
  constructor(exit: WorkerExit, log: string, printed: string) {
    super(
      `Workers gave up ${LAST_CHANCE} times in a row (exit code ${exit.code ?? 'unknown'}). The last one said:\n\n${printed}`,
      {
        code: 'WORKER_FAILED',
        fault: 'environment',
        fix: `Mend what it says; all that it printed is in ${log}.`,
      },
    );
  }
}

export interface CrewOptions {
  /** How many at a time. */
  readonly size: number;
  /** Absolute path of the worker's program. */
  readonly entry: string;
  /** The whole environment of each. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many jobs have come to an end so far: as long as it grows, workers are worth replacing. */
  readonly jobsEnded: () => number;
  /** Existing folder: each worker prints into a file there. */
  readonly logs: string;
}

export interface Crew {
  readonly size: number;
  /** Rejects with WorkerDiedError when workers cannot work; never settles otherwise. */
  readonly failed: Promise<never>;
  /** How many had to be replaced. */
  readonly replaced: number;
  /**
   * Lets every worker give back its job and end its Fiji; ends what does not within `graceMs`, or when `now` is aborted.
   * None is left.
   */
  stop(graceMs: number, now: AbortSignal): Promise<void>;
}

/** What the worker of this number prints, from 1; one that replaces it goes on in the same file. */
export function workerLog(logs: string, number: number): string {
  return join(logs, `worker-${number}.log`);
}

const LAST_CHANCE = 3;
const RESTART_MS = 500;

/** What is shown of a worker's last words. */
const LAST_WORDS_BYTES = 16_000;

export function startCrew({ size, entry, environment, jobsEnded, logs }: CrewOptions): Crew {
  const stopping = new AbortController();
  const failure = Promise.withResolvers<never>();
  const workers = new Set<WorkerProcess>();
  let replaced = 0;
  let failures = 0;
  let endedAtLastFailure = 0;

  const keepOne = async (number: number): Promise<void> => {
    const log = workerLog(logs, number);
    while (!stopping.signal.aborted) {
      const worker = startWorker(entry, environment, log);
      workers.add(worker);
      const exit = await worker.exited;
      workers.delete(worker);
      if (stopping.signal.aborted) return;
      replaced += 1;
      if (exit.signal === null && exit.code !== 0) {
        failures = jobsEnded() > endedAtLastFailure ? 1 : failures + 1;
        endedAtLastFailure = jobsEnded();
        if (failures >= LAST_CHANCE) failure.reject(new WorkerDiedError(exit, log, lastWords(log)));
      }
      await sleep(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const slots = Array.from({ length: size }, (_, index) =>
    keepOne(index + 1).catch((error: unknown) => {
      failure.reject(error); // its log cannot be written, for example
    }),
  );
  // Whoever waits for it hears of it; nobody has to.
  failure.promise.catch(() => undefined);

  return {
    size,
    failed: failure.promise,
    get replaced() {
      return replaced;
    },
    stop: async (graceMs, now) => {
      stopping.abort();
      await Promise.all([...workers].map((worker) => worker.stop(graceMs, now)));
      await Promise.all(slots);
    },
  };
}

/** What a worker printed after its last event line: events are for machines, and those after them are its last words. */
function lastWords(log: string): string {
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LAST_WORDS_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8').split('\n');
    const words = lines.slice(
      Math.max(lines.findLastIndex((line) => line.startsWith('{')) + 1, size > bytes.length ? 1 : 0),
    );
    return words.join('\n').trim() || '(nothing)';
  } finally {
    closeSync(file);
  }
}
