/** A collision names the other job by its id, all that a worker knows of it: here its group is known, and said instead. */
import type { JobFile } from '../jobs/index.ts';
import type { JobRecord } from '../records/record.ts';
import { groupName, repeatedNames } from '../report/group-name.ts';

const OTHER_JOB = /\bwritten by job ([0-9a-f]{16})\b/;

/** @returns from a reason to what is told of it */
export async function nameOtherJobs(
  failed: readonly JobRecord[],
  jobFile: Pick<JobFile, 'messages'>,
): Promise<(reason: string) => string> {
  const ids = new Set(failed.flatMap(({ reason }) => OTHER_JOB.exec(reason)?.[1] ?? []));
  const groups = new Map<string, JobRecord['group']>();
  if (ids.size > 0) {
    for await (const { job, Metadata: group } of jobFile.messages()) if (ids.has(job)) groups.set(job, group);
  }
  const repeated = repeatedNames([...groups.values(), ...failed.map(({ group }) => group)]);
  return (reason) =>
    reason.replace(OTHER_JOB, (said, id: string) => {
      const group = groups.get(id);
      return group === undefined ? said : `written by the job of ${groupName({ group, job: id }, repeated)}`;
    });
}
