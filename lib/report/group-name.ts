/** What people call a job: the values of its group. */
import type { JobRecord } from '../records/record.ts';

const LONGEST = 60;

/** What tells jobs apart on a plate comes first, whatever else the group has and in whatever order. */
const FIRST = ['plate', 'well', 'site', 'field', 'position'];

/**
 * `{Plate: "P1", Well: "A05", Site: 3}` is "P1 A05 Site 3": a word speaks for itself, a number needs its name. Of a
 * path, only the file's name is told.
 *
 * @returns at most 60 characters; the job's id for a group without values
 */
export function groupName({ group, job }: Pick<JobRecord, 'group' | 'job'>): string {
  const name = Object.entries(group)
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([key, value]) =>
      /^[+-]?[\d.]+$|^(true|false)$|^$/.test(String(value)) ? `${key} ${value}` : fileName(String(value)),
    )
    .join(' ');
  if (name === '') return job;
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

function rank(key: string): number {
  const place = FIRST.indexOf(key.toLowerCase());
  return place === -1 ? FIRST.length : place;
}

function fileName(value: string): string {
  return /([^/]+)\/*$/.exec(value)?.[1] ?? value;
}
