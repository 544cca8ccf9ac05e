/**
 * Everything that can happen to a worker, in one typed map: each step tells it here, and one place writes it down.
 * On standard output an event is one line of JSON: the cloud's log search reads its fields, and so do people.
 */
import { EventEmitter } from 'node:events';
import type { Outcome } from '../records/outcome.ts';

interface OfJob {
  readonly run: string;
  readonly job: string;
  /** 1 for the first; interruptions do not count. */
  readonly attempt: number;
}

export interface WorkerEventMap {
  /** Ready for jobs. */
  started: [
    { readonly worker: string; readonly fiji: string; readonly script: string; readonly sha256: string },
  ];
  'job taken': [OfJob & { readonly ahead: boolean }];
  'job running': [OfJob];
  /** The script waits at dialogs that nobody will answer, and will until its time limit. */
  'window open': [OfJob & { readonly windows: readonly string[] }];
  'job ended': [
    OfJob & {
      readonly outcome: Outcome;
      readonly reason: string;
      readonly seconds: number;
      readonly peakMemoryBytes: number | undefined;
    },
  ];
  /** The job went back to the queue because this worker stops, not because it failed. */
  'job given back': [OfJob & { readonly why: string }];
  /** Somebody else has it now: this worker drops it without a word to the records. */
  'lease lost': [OfJob & { readonly why: string }];
  'bad message': [{ readonly reason: string }];
  /** Something that is retried or that can be done without. */
  trouble: [{ readonly message: string }];
  stopping: [{ readonly why: string }];
  stopped: [{ readonly jobs: number }];
}

export type WorkerEvents = EventEmitter<WorkerEventMap>;

export function workerEvents(): WorkerEvents {
  return new EventEmitter<WorkerEventMap>();
}

const EVENTS = {
  started: true,
  'job taken': true,
  'job running': true,
  'window open': true,
  'job ended': true,
  'job given back': true,
  'lease lost': true,
  'bad message': true,
  trouble: true,
  stopping: true,
  stopped: true,
} as const satisfies Record<keyof WorkerEventMap, true>;

/** Writes each event as one line: `{"time":"...","event":"job ended","job":"...",...}`. */
export function logEvents(events: WorkerEvents, write: (line: string) => void): void {
  for (const event of Object.keys(EVENTS) as (keyof WorkerEventMap)[]) {
    events.on(event, (details: object) => {
      write(`${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`);
    });
  }
}
