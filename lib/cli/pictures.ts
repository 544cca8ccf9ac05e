/** The pictures of a run as a page beside its results, for whoever wants to see before reading tables. */
import { join } from 'node:path';
import type { LocalRunResult } from '../local/run.ts';
import type { JobRecord } from '../records/record.ts';
import { contactSheet, type Card, type Failed } from '../report/contact-sheet.ts';
import { groupName } from '../report/group-name.ts';
import type { FolderStore } from '../store/folder-store.ts';

/** What every browser shows. */
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

/** More would be a page that nobody scrolls through. */
const MOST_CARDS = 2000;

export interface PicturePage {
  readonly title: string;
  readonly text: string;
  /** How the run ended: jobs that failed are listed, whatever they wrote before. */
  readonly result: Pick<LocalRunResult, 'total' | 'before' | 'succeeded' | 'failed' | 'killed'>;
  /** What a job is called on the page. @default its group */
  readonly labelOf?: (record: JobRecord) => string;
  /** What `measurementOf` counts, e.g. `spots`. */
  readonly measured?: string;
  readonly measurementOf?: (record: JobRecord) => number | undefined;
}

/**
 * @param records of one run, in time's order; of each job that is done, the first picture is shown
 * @returns the page's path; undefined when there is no picture
 */
export async function writePictures(
  store: FolderStore,
  run: string,
  records: AsyncIterable<JobRecord> | Iterable<JobRecord>,
  { measurementOf, labelOf = groupName, result, title, text, measured }: PicturePage,
): Promise<string | undefined> {
  const cards = new Map<string, Card>();
  const lost = new Set([...result.failed, ...result.killed].map(({ job }) => job));
  for await (const record of records) {
    if (lost.has(record.job)) continue;
    const picture = record.outputs.find(({ key }) => PICTURE.test(key))?.key;
    if (picture === undefined || (cards.size === MOST_CARDS && !cards.has(record.job))) continue;
    cards.set(record.job, {
      label: labelOf(record),
      well: wellOf(record.group),
      picture,
      value: measurementOf?.(record),
    });
  }
  if (cards.size === 0) return undefined;
  const failed: Failed[] = [
    ...result.failed.map((record) => ({
      label: labelOf(record),
      well: wellOf(record.group),
      reason: `${record.outcome}: ${record.reason}`,
    })),
    ...result.killed.map(({ Metadata: group, job }) => ({
      label: groupName({ group, job }),
      well: wellOf(group),
      reason: 'ended the worker that ran it, most often for lack of memory',
    })),
  ];
  const page = contactSheet({
    title,
    text: `${countsText(result)}. ${text}`,
    ...(measured !== undefined && { measured }),
    cards: [...cards.values()].sort(byLabel),
    failed: failed.sort(byLabel),
  });
  await store.write(`${run}.html`, page);
  return join(store.root, `${run}.html`);
}

function countsText({ total, before, succeeded, failed, killed }: PicturePage['result']): string {
  const lost = failed.length + killed.length;
  return `${before + succeeded} of ${total} done${lost === 0 ? '' : `, ${lost} failed`}`;
}

function wellOf(group: JobRecord['group']): string | undefined {
  const well = Object.entries(group).find(([key]) => key.toLowerCase() === 'well')?.[1];
  return well === undefined ? undefined : String(well);
}

function byLabel(one: { readonly label: string }, other: { readonly label: string }): number {
  return one.label.localeCompare(other.label, 'en', { numeric: true });
}
