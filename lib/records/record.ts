/** What is known of one attempt at one job, as one line of a JSON Lines object. */
import { z } from 'zod';
import { OWN_PREFIX } from '../store/store.ts';
import { history, scalar } from '../jobs/message.ts';
import { OUTCOMES } from './outcome.ts';

const file = z.object({
  /** Key in the destination (or source, for an input). */
  key: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Hex. Absent for inputs read through a mount: nothing read them but the script. */
  sha256: z.string().optional(),
});

export const record = z.object({
  schema: z.literal(1),
  run: z.string(),
  job: z.string(),
  /** 1 for the first attempt; interruptions do not count. */
  attempt: z.number().int().positive(),
  /** True when no further attempt follows: a success, or the failure that sent the job to the dead-letter queue. */
  final: z.boolean(),
  outcome: z.enum(OUTCOMES),
  /** One line for people: the script's own error with its line, the missing file's name. Empty on success. */
  reason: z.string(),
  /** What earlier attempts met. */
  history: history.optional(),
  group: z.record(z.string(), scalar),
  /**
   * Everything the script was given, shared_metadata and the group, with the values of the message: an input is named
   * by its key, not by the path it had on one machine, so that the same job can be known again.
   */
  parameters: z.record(z.string(), scalar),
  output_file_location: z.string(),
  inputs: z.array(file),
  outputs: z.array(file),
  /** ISO 8601, UTC. */
  started: z.string(),
  ended: z.string(),
  /** Milliseconds in each phase; a phase that was not reached is absent. */
  phases: z.object({
    wait: z.number().optional(),
    inputs: z.number().optional(),
    fiji: z.number().optional(),
    outputs: z.number().optional(),
  }),
  peak_memory_bytes: z.number().optional(),
  peak_disk_bytes: z.number().optional(),
  worker: z.object({
    /** Unique for each worker process. */
    id: z.string(),
    host: z.string(),
    machine_type: z.string().optional(),
    zone: z.string().optional(),
    instance: z.string().optional(),
  }),
  image: z.string().optional(),
  script: z.object({ source: z.string(), sha256: z.string() }).optional(),
  /** Key of this attempt's log in the destination. */
  log: z.string().optional(),
});
export type JobRecord = z.infer<typeof record>;

/** Where everything that is not an output lives, in the destination. */
export function appPrefix(appName: string): string {
  return `${OWN_PREFIX}${appName}/`;
}

/** Where one run's records and logs are: `distributed-fiji/<APP_NAME>/<run>/`. */
export function runPrefix(appName: string, run: string): string {
  return `${appPrefix(appName)}${run}/`;
}
