/** Where the log of one attempt at a job is, in the destination. */
import { runPrefix } from './record.ts';

/** @param attempt as in the record: an attempt after an interruption writes over the interrupted one's log */
export function logKey(appName: string, run: string, job: string, attempt: number): string {
  return `${runPrefix(appName, run)}logs/${job}/${attempt}.log`;
}
