/**
 * Which jobs need not be done again: CHECK_IF_DONE_BOOL. A job is done if it succeeded with the same script (SHA-256),
 * the same parameters and the same output location, and everything it wrote is still there, whole.
 *
 * A run may have a million jobs, so nothing large is kept of any: 8 bytes for the job (a hash of what says which job it
 * is, and with what it was done) and 8 for each output (a hash of key and size), which is looked for in a listing of the
 * folders that outputs went to, never with a request of its own. A job that succeeded twice is done if either's outputs
 * are all there.
 */
import { canonical } from '../jobs/job-id.ts';
import type { Message } from '../jobs/message.ts';
import { parametersOf } from '../jobs/parse-message.ts';
import type { Store } from '../store/store.ts';
import { Fingerprints } from './fingerprints.ts';
import { OutputCheck } from './output-check.ts';
import { readRecords } from './reader.ts';
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
  /** Told how many records were read so far, now and then: a million take a minute from a bucket. */
  readonly onProgress?: (records: number) => void;
}

const PROGRESS_EVERY = 1_000;

/** @throws StoreError when records or outputs cannot be listed */
export async function alreadyDone({
  store,
  appName,
  run,
  scriptSha256,
  onProgress,
}: DoneOptions): Promise<DoneJobs> {
  const outputs = new OutputCheck();
  const successes = new Fingerprints();
  let read = 0;

  for await (const record of readRecords(store, appName, run)) {
    if (++read % PROGRESS_EVERY === 0) onProgress?.(read);
    if (record.outcome !== 'success' || record.script?.sha256 !== scriptSha256) continue;
    successes.add(identityOf(record));
    outputs.expect(record.outputs);
  }
  const done = successes.pick(await outputs.look(store));

  return {
    size: done.size,
    has: ({ job, output_file_location, ...message }) =>
      job !== undefined &&
      done.has(identityOf({ job, output_file_location, parameters: parametersOf(message) })),
  };
}

function identityOf({
  job,
  output_file_location,
  parameters,
}: Pick<JobRecord, 'job' | 'output_file_location' | 'parameters'>): string {
  return `${job}\n${output_file_location}\n${canonical(parameters)}`;
}
