/** The pictures of a run as a page beside its results, for whoever wants to see before reading tables. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalRunResult } from '../local/run.ts';
import type { JobRecord } from '../records/record.ts';
import { contactSheet, type Card, type Failed } from '../report/contact-sheet.ts';
import { groupName, repeatedNames } from '../report/group-name.ts';
import type { PrintedValue } from '../report/printed-value.ts';
import type { FolderStore } from '../store/folder-store.ts';
import { valueInLog } from './value-in-log.ts';

/** What every browser shows. */
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

/** More pictures would be a page that nobody scrolls through. */
const MOST_PICTURES = 2000;

/** More wells than six plates of 1536. */
const MOST_JOBS = 10_000;

export interface PicturePage {
  readonly title: string;
  readonly text: string;
  /** How the run ended: jobs that failed are listed, whatever they wrote before. */
  readonly result: Pick<LocalRunResult, 'total' | 'before' | 'succeeded' | 'failed' | 'killed'>;
  /** What is told of a failure's reason. @default the reason */
  readonly reasonOf?: (reason: string) => string;
}

/**
 * @param records of one run, in time's order; of each job that is done, the first picture is shown
 * @returns the page's path; undefined when there is no picture to show, and was none in earlier runs: a page that is
 *   there must not go on telling how one of those ended
 */
export async function writePictures(
  store: FolderStore,
  run: string,
  records: AsyncIterable<JobRecord> | Iterable<JobRecord>,
  { result, title, text, reasonOf = (reason) => reason }: PicturePage,
): Promise<string | undefined> {
  const lost = new Set([...result.failed, ...result.killed].map(({ job }) => job));
  const done = new Map<string, JobRecord>();
  for await (const record of records) {
    if (record.outcome !== 'success' || lost.has(record.job)) continue;
    if (done.size < MOST_JOBS || done.has(record.job)) done.set(record.job, record);
  }
  const path = join(store.root, `${run}.html`);
  const pictures = [...done.values()].filter((record) => pictureOf(record) !== undefined);
  if (pictures.length === 0 && !existsSync(path)) return undefined;

  const killed = result.killed.map(({ Metadata: group, job }) => ({ group, job }));
  const all = [...done.values(), ...result.failed, ...killed];
  const repeated = repeatedNames(
    all.map(({ group }) => group),
    { same: true },
  );
  const placeOf = (job: Pick<JobRecord, 'group' | 'job'>) => ({
    label: groupName(job, repeated),
    well: valueOf(job.group, 'well'),
    plate: valueOf(job.group, 'plate'),
  });
  const values = new Map<string, PrintedValue>();
  for (const { job, log } of done.values()) {
    const value = log === undefined ? undefined : await valueInLog(store.describe(log));
    if (value !== undefined) values.set(job, value);
  }
  const shown = new Set(pictures.slice(0, MOST_PICTURES));
  const cards: Card[] = [...done.values()].map((record) => ({
    ...placeOf(record),
    picture: shown.has(record) ? pictureOf(record) : undefined,
    value: values.get(record.job)?.value,
  }));
  const failed: Failed[] = [
    ...result.failed.map((record) => ({
      ...placeOf(record),
      reason: `${record.outcome}: ${reasonOf(record.reason)}`,
    })),
    ...killed.map((job) => ({
      ...placeOf(job),
      reason: 'ended the worker that ran it, most often for lack of memory',
    })),
  ];
  const measured = [...values.values()].find(({ unit }) => unit !== '')?.unit;
  const page = contactSheet({
    title,
    text: `${countsText(result)}. ${text}`,
    ...(measured !== undefined && { measured }),
    cards: cards.sort(byLabel),
    failed: failed.sort(byLabel),
  });
  await store.write(`${run}.html`, page);
  return path;
}

function pictureOf({ outputs }: JobRecord): string | undefined {
  return outputs.find(({ key }) => PICTURE.test(key))?.key;
}

function countsText({ total, before, succeeded, failed, killed }: PicturePage['result']): string {
  const lost = failed.length + killed.length;
  return `${before + succeeded} of ${total} done${lost === 0 ? '' : `, ${lost} failed`}`;
}

function valueOf(group: JobRecord['group'], name: string): string | undefined {
  const value = Object.entries(group).find(([key]) => key.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : String(value);
}

function byLabel(one: { readonly label: string }, other: { readonly label: string }): number {
  return one.label.localeCompare(other.label, 'en', { numeric: true });
}
