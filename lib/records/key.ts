/**
 * The names of record objects. They sort by time, so that a reader lists only what is new; and they say how the jobs
 * in them ended, so that the monitor counts a million jobs by listing and reads none of them.
 *
 *   distributed-fiji/<APP_NAME>/<run>/records/20261122T173455123Z_<worker>_<done>.<failed>.<dead>.jsonl
 */
import { runPrefix, type JobRecord } from './record.ts';

/** How the attempts in one record object ended. Interruptions are counted nowhere: the job goes on elsewhere. */
export interface Tally {
  /** Successes. */
  readonly done: number;
  /** Attempts that failed, the last ones included. */
  readonly failed: number;
  /** Failures that sent their job to the dead-letter queue. */
  readonly dead: number;
}

export const NOTHING: Tally = { done: 0, failed: 0, dead: 0 };

export function tallyOf(records: readonly Pick<JobRecord, 'outcome' | 'final'>[]): Tally {
  const failures = records.filter(({ outcome }) => outcome !== 'success' && outcome !== 'interrupted');
  return {
    done: records.filter(({ outcome }) => outcome === 'success').length,
    failed: failures.length,
    dead: failures.filter(({ final }) => final).length,
  };
}

export function addTallies(a: Tally, b: Tally): Tally {
  return { done: a.done + b.done, failed: a.failed + b.failed, dead: a.dead + b.dead };
}

export function recordsPrefix(appName: string, run: string): string {
  return `${runPrefix(appName, run)}records/`;
}

/** Every key of this run written at or after `at` sorts after this one: the place to list from. */
export function recordsSince(appName: string, run: string, at: Date): string {
  return recordsPrefix(appName, run) + stamp(at);
}

/** @param worker unique for each worker process, so that two never write the same key */
export function recordsKey(appName: string, run: string, at: Date, worker: string, tally: Tally): string {
  const counts = [tally.done, tally.failed, tally.dead].join('.');
  return `${recordsPrefix(appName, run)}${stamp(at)}_${worker.replaceAll(/[^\w.-]/g, '-')}_${counts}.jsonl`;
}

/** When the jobs of a record object were held for writing; undefined for any other key. */
export function timeOfKey(key: string): Date | undefined {
  const parts = /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z_[^/]*$/.exec(key);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, millisecond] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
}

/** What a record object's name says; undefined for any other key. */
export function tallyOfKey(key: string): Tally | undefined {
  const counts = /_(\d+)\.(\d+)\.(\d+)\.jsonl$/.exec(key)?.slice(1).map(Number);
  if (counts === undefined) return undefined;
  const [done = 0, failed = 0, dead = 0] = counts;
  return { done, failed, dead };
}

/** ISO 8601 basic format with milliseconds: sorts as text as it does in time. */
/** A moment as names have it: they sort by time. */
export function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:.]/g, '');
}
