/**
 * What travels through the queue: the ancestor's message (`Metadata`, `output_file_location`, `shared_metadata`)
 * plus our own fields, all optional, so that a bare ancestor message is still a valid job.
 */
import { z } from 'zod';

/** What a script parameter can be in a job file; SciJava turns it into the type the script's `#@` line declares. */
export const scalar = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalar>;

/** One attempt that ended badly. `outcome` is an outcome name of lib/records/outcome.ts. */
export const failure = z.object({
  outcome: z.string(),
  reason: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Who tried: machine or process, as the record names it. */
  worker: z.string(),
});
export type Failure = z.infer<typeof failure>;

/** What happened to a job before this message was sent; interruptions (Spot, SIGTERM) are not failures. */
export const history = z.object({
  failures: z.array(failure),
  interruptions: z.number().int().nonnegative(),
  /** Workers that had to leave over this job, with an error that says nothing certain about it, and what the last said. */
  trouble: z.object({ workers: z.number().int().positive(), reason: z.string() }).optional(),
});
export type History = z.infer<typeof history>;

export const message = z.object({
  /** The group: what differs from job to job. */
  Metadata: z.record(z.string(), scalar),
  /** Key prefix in the destination (a bucket or the user's output folder); placeholders are already filled in. */
  output_file_location: z.string(),
  shared_metadata: z.record(z.string(), scalar).default({}),
  /** Patterns, relative to the source, of the only files this job downloads; placeholders are already filled in. */
  inputs: z.array(z.string()).optional(),
  /** The name records are kept under. */
  run: z.string().optional(),
  /** Deterministic: the same group gives the same id (lib/jobs/job-id.ts). */
  job: z.string().optional(),
  history: history.optional(),
});
export type Message = z.infer<typeof message>;
