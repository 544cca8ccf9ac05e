/** How many attempts ended, and how, from the names of the records alone: a thousand names a call, none of them opened. */
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import {
  addTallies,
  NOTHING,
  recordsPrefix,
  recordsSince,
  tallyOfKey,
  timeOfKey,
  type Tally,
} from '../../records/key.ts';
import { appPrefix } from '../../records/record.ts';
import { eachOf, type Aws } from '../aws.ts';
import { bucketAndKey, type MonitorSettings } from '../settings.ts';

const AT_ONCE = 8;

/** Every run of the app that has records: `enqueue` may send several before the first is done. */
export async function countEnded(
  { s3 }: Aws,
  settings: MonitorSettings,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<Tally> {
  const { bucket } = bucketAndKey(settings.DESTINATION);
  const runs = await runsOf(s3, bucket, settings.APP_NAME);

  const tallies = await eachOf(runs, AT_ONCE, async (run) => {
    let tally = NOTHING;
    const after = recordsSince(settings.APP_NAME, run, new Date(since));
    const prefix = recordsPrefix(settings.APP_NAME, run);
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket: bucket, Prefix: prefix, StartAfter: after },
    )) {
      const keys = Contents.flatMap(({ Key }) => Key ?? []);
      const inTime = keys.filter((key) => (timeOfKey(key)?.getTime() ?? Infinity) < until);
      tally = inTime.map((key) => tallyOfKey(key) ?? NOTHING).reduce(addTallies, tally);
      if (inTime.length < keys.length) break; // names sort by time: the rest is later still
    }
    return tally;
  });
  return tallies.reduce(addTallies, NOTHING);
}

async function runsOf(s3: Aws['s3'], bucket: string, appName: string): Promise<string[]> {
  const app = appPrefix(appName);
  const runs: string[] = [];
  for await (const { CommonPrefixes = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: app, Delimiter: '/' },
  )) {
    runs.push(...CommonPrefixes.flatMap(({ Prefix }) => (Prefix ? Prefix.slice(app.length, -1) : [])));
  }
  return runs;
}
