/** What people call a job: the values of its group. */
import type { JobRecord } from '../records/record.ts';

type Group = JobRecord['group'];

const LONGEST = 60;

/** What tells jobs apart on a plate comes first, whatever else the group has and in whatever order. */
const FIRST = ['plate', 'well', 'site', 'field', 'position'];

/**
 * `{Plate: "P1", Well: "A05", Site: 3}` is "P1 A05 Site 3": a word speaks for itself, a number needs its name. Of a
 * path, only the file's name is told.
 *
 * @param without names of values that say nothing new (repeatedNames)
 * @returns at most 60 characters; the job's id for a group without values
 */
export function groupName(
  { group, job }: Pick<JobRecord, 'group' | 'job'>,
  without: ReadonlySet<string> = NONE,
): string {
  const name = Object.entries(group)
    .filter(([key]) => !without.has(key))
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([key, value]) =>
      /^[+-]?[\d.]+$|^(true|false)$|^$/.test(String(value)) ? `${key} ${value}` : fileName(String(value)),
    )
    .join(' ');
  if (name === '') return job;
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Values that only repeat what the others say: a path or a file's name, or a text that another value is a word of, where
 * the groups can be told apart without it.
 *
 * @param same leave out, too, what is the same in all groups
 */
export function repeatedNames(
  groups: readonly Group[],
  { same = false }: { readonly same?: boolean } = {},
): ReadonlySet<string> {
  const keys = [...new Set(groups.flatMap((group) => Object.keys(group)))];
  const isSame = (key: string) =>
    groups.length > 1 && groups.every((group) => group[key] === groups[0]?.[key]);
  const candidates = keys.filter(
    (key) => groups.some((group) => isLong(group, key)) || (same && isSame(key)),
  );

  const repeated = new Set<string>();
  const all = countWithout(groups, NONE);
  for (const key of candidates) {
    const without = new Set([...repeated, key]);
    const nothingLeft = groups.some((group) => Object.keys(group).every((name) => without.has(name)));
    if (!nothingLeft && countWithout(groups, without) === all) repeated.add(key);
  }
  return repeated;
}

/** How many groups can be told apart. */
function countWithout(groups: readonly Group[], without: ReadonlySet<string>): number {
  const texts = groups.map((group) =>
    JSON.stringify(Object.entries(group).filter(([key]) => !without.has(key))),
  );
  return new Set(texts).size;
}

function isLong(group: Group, key: string): boolean {
  const value = String(group[key] ?? '');
  if (/[/\\]|\.[a-z]\w{1,4}$/i.test(value)) return true;
  const words = value.split(/[^\p{L}\p{N}]+/u);
  return (
    words.length > 1 &&
    Object.entries(group).some(
      ([other, part]) => other !== key && String(part).length >= 2 && words.includes(String(part)),
    )
  );
}

function rank(key: string): number {
  const place = FIRST.indexOf(key.toLowerCase());
  return place === -1 ? FIRST.length : place;
}

function fileName(value: string): string {
  return /([^/]+)\/*$/.exec(value)?.[1] ?? value;
}
