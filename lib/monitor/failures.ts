/** What a mail or an alarm says of jobs that failed: where the reasons are, and how to go on. */
import { appPrefix } from '../records/record.ts';

/** @param destination `s3://bucket`, where the run's records are */
export function whereReasonsAre(destination: string, appName: string): string {
  return `Each failure's reason is in the records and logs below ${destination}/${appPrefix(appName)} (docs/records.md shows how to read them).`;
}

export const HOW_TO_GO_ON =
  'Send the same job file again (npm run enqueue -- job.json): only what is not done is sent.';
