/** The pictures of a run as a page beside its results, for whoever wants to see before reading tables. */
import { join } from 'node:path';
import type { JobRecord } from '../records/record.ts';
import { contactSheet, type Card } from '../report/contact-sheet.ts';
import { groupName } from '../report/group-name.ts';
import type { FolderStore } from '../store/folder-store.ts';

/** What every browser shows. */
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

/** More would be a page that nobody scrolls through. */
const MOST_CARDS = 2000;

export interface PicturePage {
  readonly title: string;
  readonly text: string;
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
  { measurementOf, labelOf = groupName, ...page }: PicturePage,
): Promise<string | undefined> {
  const cards = new Map<string, Card>();
  for await (const record of records) {
    const picture = record.outputs.find(({ key }) => PICTURE.test(key))?.key;
    if (picture === undefined || (cards.size === MOST_CARDS && !cards.has(record.job))) continue;
    const well = Object.entries(record.group).find(([key]) => key.toLowerCase() === 'well')?.[1];
    cards.set(record.job, {
      label: labelOf(record),
      well: well === undefined ? undefined : String(well),
      picture,
      value: measurementOf?.(record),
    });
  }
  if (cards.size === 0) return undefined;
  const sorted = [...cards.values()].sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
  await store.write(`${run}.html`, contactSheet({ ...page, cards: sorted }));
  return join(store.root, `${run}.html`);
}
