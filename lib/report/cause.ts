/**
 * What is the same in the reasons of many failures. Two jobs failed for one cause if their reasons differ only in what
 * differs between jobs anyway: the values of their groups, numbers, ids, and the folders of paths. A line of the user's
 * script and an exit code are numbers that tell causes apart: they stay.
 */
import type { JobRecord } from '../records/record.ts';

const RULES: readonly (readonly [RegExp, string])[] = [
  // Any folder, in a bucket or on a disk; the file's name stays.
  [/(?:\bs3:\/\/|(?<![\w.])\/)(?:[^\s/:"'()]+\/)+/g, '…/'],
  // Ids and checksums.
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '#'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|@[0-9a-f]{4,}\b/gi, '#'],
  // Wells, sites and channels by name: A05, s3, ch2.
  [/(?<![A-Za-z0-9])[A-Za-z]{1,2}\d{1,4}(?![A-Za-z0-9])/g, '#'],
  [/(?<![A-Za-z0-9])(?<!\b(?:line|code)\s)[+-]?\d+(?:[.,]\d+)*/g, '#'],
];

/** One text for each cause: failures with the same text are counted together. */
export function causeOf({ outcome, reason, group }: Pick<JobRecord, 'outcome' | 'reason' | 'group'>): string {
  const text = RULES.reduce((said, [pattern, by]) => said.replace(pattern, by), withoutValues(reason, group));
  return `${outcome}: ${text.replace(/\s+/g, ' ').trim()}`;
}

/** The reason with each of the group's values replaced by its name, the longest first: one may be part of another. */
function withoutValues(reason: string, group: JobRecord['group']): string {
  return Object.entries(group)
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([, value]) => value.length >= 2)
    .sort(([, a], [, b]) => b.length - a.length)
    .reduce(
      (text, [name, value]) =>
        text.replaceAll(value, (found: string, at: number, whole: string) => {
          const after = at + found.length;
          const partOfAnother = oneWord(whole[at - 1], whole[at]) || oneWord(whole[after - 1], whole[after]);
          return partOfAnother ? found : `{${name}}`;
        }),
      reason,
    );
}

/** Whether two characters belong to one word or number: A3 is in P1_A3f01.TIF, but neither in wdA3 nor in A36. */
function oneWord(one = '', next = ''): boolean {
  return /^(?:\p{L}\p{L}|\p{N}\p{N})$/u.test(one + next);
}
