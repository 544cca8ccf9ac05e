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
  /** What `valueOf` counts, e.g. `spots`. */
  readonly measured?: string;
  readonly valueOf?: (record: JobRecord) => number | undefined;
}

/**
 * @param records one for each job that is done; the first picture of each is shown
 * @returns the page's path; undefined when there is no picture
 */
export async function writePictures(
  store: FolderStore,
  run: string,
  records: Iterable<JobRecord>,
  { valueOf, ...page }: PicturePage,
): Promise<string | undefined> {
  const cards: Card[] = [];
  for (const record of records) {
    const picture = record.outputs.find(({ key }) => PICTURE.test(key))?.key;
    if (picture === undefined) continue;
    const well = Object.entries(record.group).find(([key]) => key.toLowerCase() === 'well')?.[1];
    cards.push({
      label: groupName(record),
      well: well === undefined ? undefined : String(well),
      picture,
      value: valueOf?.(record),
    });
    if (cards.length === MOST_CARDS) break;
  }
  if (cards.length === 0) return undefined;
  await store.write(`${run}.html`, contactSheet({ ...page, cards }));
  return join(store.root, `${run}.html`);
}
