/** Thousands of failures as a few causes, the most frequent first: what to mend, and which log to open. */
import type { Outcome } from '../records/outcome.ts';
import type { JobRecord } from '../records/record.ts';
import { causeOf } from './cause.ts';
import { groupName, repeatedNames } from './group-name.ts';

/** Jobs named for each cause. */
const NAMED = 3;

/** Characters of a reason in the digest; the whole is in the record and in the log. */
const LONGEST_REASON = 300;

export interface FailureCause {
  readonly outcome: Outcome;
  /** As one of the jobs said it. */
  readonly reason: string;
  /** Jobs that failed for it. */
  readonly count: number;
  /** The groups of the first few of them, as people call them. */
  readonly jobs: readonly string[];
  /** The record of one of them: its group, its log. */
  readonly example: JobRecord;
}

/**
 * @param failed one record for each failed job (Summary.failed)
 * @returns the causes, the most frequent first, then in the order in which they were met
 */
export function failureCauses(failed: Iterable<JobRecord>): FailureCause[] {
  const all = [...failed];
  const causes = Map.groupBy(all, causeOf);
  const repeated = repeatedNames(all.map(({ group }) => group));
  return [...causes.values()]
    .map((records) => {
      // Every cause has the record that made it.
      const example = records[0] as JobRecord;
      const jobs = records.slice(0, NAMED).map((record) => groupName(record, repeated));
      return { outcome: example.outcome, reason: example.reason, count: records.length, jobs, example };
    })
    .sort((a, b) => b.count - a.count);
}

export interface DigestOptions {
  /** From a log's key to what a person can open (Store.describe). */
  readonly describe: (key: string) => string;
  /** Causes shown; how many more there are is said. @default 10 */
  readonly most?: number;
}

/**
 * The causes as text, without colours. For each: how often, what, whose, and a log. Empty when nothing failed.
 *
 *     18 × script error: HeadlessException: ... (count.py line 4)
 *          P1 A05 s3, P1 A06 s3, P1 A07 s3 and 15 more; log of the first: /data/out/distributed-fiji/…/1.log
 */
export function digestText(causes: readonly FailureCause[], { describe, most = 10 }: DigestOptions): string {
  const width = Math.max(0, ...causes.map(({ count }) => String(count).length));
  const shown = causes.slice(0, most).flatMap((cause) => {
    const { outcome, reason, count, jobs, example } = cause;
    const more = count > jobs.length ? ` and ${count - jobs.length} more` : '';
    const log =
      example.log === undefined ? '' : `; log${count > 1 ? ' of the first' : ''}: ${describe(example.log)}`;
    return [
      `${String(count).padStart(width)} × ${outcome}${reason === '' ? '' : `: ${oneLine(reason)}`}`,
      `${' '.repeat(width + 3)}${jobs.join(', ')}${more}${log}`,
    ];
  });
  const left = causes.slice(most).reduce((sum, { count }) => sum + count, 0);
  if (left > 0)
    shown.push(`${' '.repeat(width + 3)}and ${left} more for ${causes.length - most} other reasons`);
  return shown.join('\n');
}

function oneLine(reason: string): string {
  const line = reason.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
