/** From what a worker knows of an attempt to the line that is kept of it. */
import { parametersOf } from '../jobs/parse-message.ts';
import type { JobRecord } from '../records/record.ts';
import type { Attempt, Verdict } from './attempt.ts';
import type { WorkerIdentity } from './machine.ts';
import type { FetchedScript } from './script.ts';
import type { WorkerSettings } from './settings.ts';

export interface RecordContext {
  readonly settings: WorkerSettings;
  readonly identity: WorkerIdentity;
  readonly script: FetchedScript;
}

/**
 * @param final whether no further attempt follows
 * @param log key of the attempt's log in the destination
 */
export function toRecord(
  attempt: Attempt,
  verdict: Verdict,
  final: boolean,
  log: string | undefined,
  { settings, identity, script }: RecordContext,
): JobRecord {
  const { message, history } = attempt;

  return {
    schema: 1,
    run: message.run,
    job: message.job,
    attempt: attempt.number,
    final,
    outcome: verdict.outcome,
    reason: verdict.reason,
    ...(history.failures.length + history.interruptions > 0 && { history }),
    group: message.Metadata,
    // As the job named them, not the paths they became here: the next run compares them.
    parameters: parametersOf(message),
    output_file_location: message.output_file_location,
    inputs: attempt.inputs,
    outputs: attempt.outputs,
    started: attempt.started.toISOString(),
    ended: new Date().toISOString(),
    phases: attempt.phases,
    ...(attempt.peakMemoryBytes !== undefined && { peak_memory_bytes: attempt.peakMemoryBytes }),
    ...(attempt.peakDiskBytes !== undefined && { peak_disk_bytes: attempt.peakDiskBytes }),
    worker: identity,
    ...(settings.DOCKERHUB_TAG !== undefined && { image: settings.DOCKERHUB_TAG }),
    script: { source: script.source, sha256: script.sha256 },
    ...(log !== undefined && { log }),
  };
}
