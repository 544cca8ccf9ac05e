/** Wells where they are on the plate, as an SVG drawing: rows and columns from the first to the last that have a job. */
import { colourOf, textColourOn, type Scale } from './colour-scale.ts';
import { numberLabel } from './number-text.ts';

export interface PlateWell {
  /** `A1`, `A01`, `AF48`. */
  readonly well: string;
  /** Where a click leads; a well whose job wrote no picture has no card to lead to. */
  readonly href: string | undefined;
  readonly value: number | undefined;
  /** Shown when the mouse rests on it. */
  readonly text: string;
  /** Drawn as an empty ring. */
  readonly failed?: boolean;
}

const CELL = 44;
const MARGIN = 26;

/** Row and column of a well, both from 1; undefined when the text is none. */
export function placeOfWell(well: string): { readonly row: number; readonly column: number } | undefined {
  const parts = /^([A-Z]{1,2})0*([1-9]\d?)$/i.exec(well);
  if (parts === null) return undefined;
  const row = [...(parts[1] as string).toUpperCase()].reduce((sum, c) => sum * 26 + c.charCodeAt(0) - 64, 0);
  return { row, column: Number(parts[2]) };
}

/** @returns an `<svg>` element; empty text when none of the wells is a well */
export function plateMap(wells: readonly PlateWell[], scale: Scale): string {
  const placed = wells.flatMap((well) => {
    const place = placeOfWell(well.well);
    return place === undefined ? [] : [{ ...well, ...place }];
  });
  if (placed.length === 0) return '';
  const rows = span(placed.map(({ row }) => row));
  const columns = span(placed.map(({ column }) => column));
  const x = (column: number): number => MARGIN + (column - columns.first + 0.5) * CELL;
  const y = (row: number): number => MARGIN + (row - rows.first + 0.5) * CELL;
  const width = MARGIN + columns.count * CELL;
  const height = MARGIN + rows.count * CELL;

  const columnNames = series(columns).map(
    (column) => `<text x="${x(column)}" y="${MARGIN / 2}">${column}</text>`,
  );
  const rowNames = series(rows).map((row) => `<text x="${MARGIN / 2}" y="${y(row)}">${rowName(row)}</text>`);
  const circles = placed.map(({ row, column, href, value, well, text, failed = false }) => {
    const colour = value === undefined ? 'rgb(60, 66, 76)' : colourOf(value, scale);
    const label = value === undefined ? '' : numberLabel(value);
    return `<a${href === undefined ? '' : ` href="${href}"`}><title>${well}${text === '' ? '' : `: ${text}`}</title><circle cx="${x(column)}" cy="${y(row)}" r="${CELL / 2 - 3}" ${failed ? 'class="failed"' : `fill="${colour}"`}/><text x="${x(column)}" y="${y(row)}" style="fill:${failed ? 'var(--bad)' : textColourOn(colour)}">${label}</text></a>`;
  });
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Plate map">
${[...columnNames, ...rowNames, ...circles].join('\n')}
</svg>`;
}

interface Span {
  readonly first: number;
  readonly count: number;
}

function span(numbers: readonly number[]): Span {
  const first = Math.min(...numbers);
  return { first, count: Math.max(...numbers) - first + 1 };
}

function series({ first, count }: Span): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function rowName(row: number): string {
  const letter = String.fromCharCode(65 + ((row - 1) % 26));
  return row <= 26 ? letter : rowName(Math.floor((row - 1) / 26)) + letter;
}
