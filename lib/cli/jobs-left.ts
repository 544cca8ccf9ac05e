/** The jobs of a file that are not done: what a command would send or run. */
import type { JobFile } from '../jobs/index.ts';
import type { DoneJobs } from '../records/done.ts';

/** Jobs of the file, from a place on, that are not done. */
export function jobsLeft(
  jobFile: JobFile,
  from: number,
  done: DoneJobs | undefined,
): Pick<JobFile, 'messages'> {
  return {
    messages: async function* () {
      for await (const job of jobFile.messages({ from })) if (!(done?.has(job) ?? false)) yield job;
    },
  };
}

/** How many {@link jobsLeft} are. */
export async function countMissing(
  jobFile: JobFile,
  from: number,
  done: DoneJobs | undefined,
): Promise<number> {
  if (done === undefined || done.size === 0) return jobFile.count - from;
  let missing = 0;
  for await (const job of jobFile.messages({ from })) missing += done.has(job) ? 0 : 1;
  return missing;
}
