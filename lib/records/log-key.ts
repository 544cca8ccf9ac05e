/** Where the log of one attempt at a job is, in the destination. */
import { stamp } from './key.ts';
import { runPrefix } from './record.ts';

interface AttemptNames {
  readonly run: string;
  readonly job: string;
  /** As in the record: a job that is sent once more begins at 1 again, */
  readonly attempt: number;
  /** and its attempts are told apart by when they were begun. */
  readonly started: Date;
}

export function logKey(appName: string, { run, job, attempt, started }: AttemptNames): string {
  return `${runPrefix(appName, run)}logs/${job}/${stamp(started)}_${attempt}.log`;
}
