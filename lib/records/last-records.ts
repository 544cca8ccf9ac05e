/** What speaks for each job of a run: for tables and pictures of runs that a person looks at whole. */
import type { JobRecord } from './record.ts';
import { speaksFor } from './summary.ts';

/**
 * All are held in memory.
 *
 * @returns by job; jobs in the order in which they were first met
 */
export async function lastRecords(
  records: AsyncIterable<JobRecord> | Iterable<JobRecord>,
): Promise<Map<string, JobRecord>> {
  const last = new Map<string, JobRecord>();
  for await (const record of records) {
    const before = last.get(record.job);
    last.set(record.job, before === undefined ? record : speaksFor(before, record));
  }
  return last;
}
