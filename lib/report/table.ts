/** A plain table of results, for a terminal or a file: columns as wide as what is in them, numbers to the right. */
import type { JobRecord } from '../records/record.ts';

/** @param rows cells as text; a row may be shorter than the head */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => widthOf(row[column] ?? ''))),
  );
  const right = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.,%]*$/.test(row[column] ?? '')),
  );

  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        const space = ' '.repeat(width - widthOf(cell));
        return right[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();

  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** From the moment a worker took the job to its last output. */
export function secondsOf({ started, ended }: Pick<JobRecord, 'started' | 'ended'>): number {
  return (Date.parse(ended) - Date.parse(started)) / 1000;
}

/** Columns on a terminal: an accent that stands alone takes none. */
function widthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}
