/**
 * Which jobs need not be done again: CHECK_IF_DONE_BOOL. A job is done if it succeeded with the same script (SHA-256),
 * the same parameters and the same output location, and everything it wrote is still there, whole.
 *
 * A run may have a million jobs, so nothing large is kept of any: an output is remembered as 8 bytes (a hash of key and
 * size) and looked for in a listing of the folders that outputs went to, never with a request of its own.
 */
import { hash } from 'node:crypto';
import { canonical } from '../jobs/job-id.ts';
import type { Message } from '../jobs/message.ts';
import { parametersOf } from '../jobs/parse-message.ts';
import type { Store } from '../store/store.ts';
import { OutputCheck } from './output-check.ts';
import { RecordReader } from './reader.ts';
import type { JobRecord } from './record.ts';

/** What says which job this is, and with what it would be done. */
export type AskedJob = Pick<Message, 'job' | 'Metadata' | 'shared_metadata' | 'output_file_location'>;

export interface DoneJobs {
  /** How many jobs of the run need not be done again. */
  readonly size: number;
  has(message: AskedJob): boolean;
}

export interface DoneOptions {
  readonly store: Store;
  readonly appName: string;
  readonly run: string;
  /** Hex, of the script's bytes as they would be run now. */
  readonly scriptSha256: string;
}

/** @throws StoreError when records or outputs cannot be listed */
export async function alreadyDone({ store, appName, run, scriptSha256 }: DoneOptions): Promise<DoneJobs> {
  const check = new OutputCheck();
  // The place of a job in the check; a job that succeeded twice is judged by what it wrote last.
  const places = new Map<string, number>();

  for await (const record of new RecordReader(store, appName, run).newRecords()) {
    if (record.outcome !== 'success' || record.script?.sha256 !== scriptSha256) continue;
    places.set(fingerprintOf(record), check.expect(record.outputs));
  }
  const complete = await check.look(store);
  const done = new Set(
    [...places].filter(([, place]) => complete(place)).map(([fingerprint]) => fingerprint),
  );

  return {
    size: done.size,
    has: ({ job, output_file_location, ...message }) =>
      job !== undefined &&
      done.has(fingerprintOf({ job, output_file_location, parameters: parametersOf(message) })),
  };
}

function fingerprintOf({
  job,
  output_file_location,
  parameters,
}: Pick<JobRecord, 'job' | 'output_file_location' | 'parameters'>): string {
  return hash('sha256', `${job}\n${output_file_location}\n${canonical(parameters)}`, 'base64').slice(0, 24);
}
