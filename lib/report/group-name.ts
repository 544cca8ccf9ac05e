/** What people call a job: the values of its group. */
import type { JobRecord } from '../records/record.ts';

const LONGEST = 60;

/**
 * `{Plate: "P1", Well: "A05", Site: 3}` is "P1 A05 Site 3": a word speaks for itself, a number needs its name.
 *
 * @returns at most 60 characters; the job's id for a group without values
 */
export function groupName({ group, job }: Pick<JobRecord, 'group' | 'job'>): string {
  const name = Object.entries(group)
    .map(([key, value]) =>
      /^[+-]?[\d.]+$|^(true|false)$|^$/.test(String(value)) ? `${key} ${value}` : String(value),
    )
    .join(' ');
  if (name === '') return job;
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}
