/** Ranges as people write them: `A01..P24` (every well between), `1..9`, `001..384`, `A..H`, `Plate_01..Plate_12`. */
import type { Problem } from '../group.ts';
import { grouped } from '../../plural.ts';

/** More values than this in one range is a slip of the pen. */
const MOST_VALUES = 1_000_000;

const WELL = /^([A-Z]{1,2}|[a-z]{1,2})(\d{1,2})$/;
const ROW = /^([A-Z]{1,2}|[a-z]{1,2})$/;
const NUMBERED = /^(.*?)(\d+)$/s;

/**
 * The values of a range in order; text without `..` is itself.
 *
 * Wells go row by row over the rectangle that the two ends span. Leading zeros are kept: `01..12` gives 01, 02; `1..12`
 * gives 1, 2.
 */
export function expandRange(text: string): string[] | Problem {
  const ends = text.split('..');
  if (ends.length !== 2 || ends.some((end) => end === '')) return [text];
  const [first, last] = ends.map((end) => end.trim()) as [string, string];
  const values = wells(first, last) ?? rows(first, last) ?? numbers(first, last);
  if (values === undefined) {
    return {
      what: `the range ${JSON.stringify(text)} has no beginning and end of one kind`,
      fix: 'Write wells ("A01..P24"), rows ("A..H"), numbers ("1..9", "001..384") or names with a number ("Plate_1..Plate_9").',
    };
  }
  if (values.length === 0 || values.length > MOST_VALUES) {
    const size =
      values.length === 0 ? 'ends before it begins' : `has more than ${grouped(MOST_VALUES)} values`;
    return {
      what: `the range ${JSON.stringify(text)} ${size}`,
      fix: 'Write the smaller end first, e.g. "A01..P24".',
    };
  }
  return values;
}

/** The range that text such as `O01-O06` was probably meant as (`O01..O06`); undefined for any other text. */
export function meantRange(text: string): string | undefined {
  const ends = text.split(/\s*[-–—:]\s*/u);
  if (ends.length !== 2 || ends.some((end) => end === '')) return undefined;
  const range = ends.join('..');
  const values = expandRange(range);
  return Array.isArray(values) && values.length > 1 ? range : undefined;
}

/** 1 for A, 26 for Z, 27 for AA: the rows of a 1536-well plate end at AF. */
function rowNumber(row: string): number {
  return [...row.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

function rowName(number: number): string {
  const letter = String.fromCharCode(65 + ((number - 1) % 26));
  return number <= 26 ? letter : rowName(Math.floor((number - 1) / 26)) + letter;
}

function rows(first: string, last: string): string[] | undefined {
  if (!ROW.test(first) || !ROW.test(last) || isLower(first) !== isLower(last)) return undefined;
  return sequence(rowNumber(first), rowNumber(last)).map((row) =>
    isLower(first) ? rowName(row).toLowerCase() : rowName(row),
  );
}

function wells(first: string, last: string): string[] | undefined {
  const [from, to] = [WELL.exec(first), WELL.exec(last)];
  if (from === null || to === null) return undefined;
  const columns = numbers(from[2] as string, to[2] as string);
  return rows(from[1] as string, to[1] as string)?.flatMap((row) =>
    (columns ?? []).map((column) => row + column),
  );
}

function numbers(first: string, last: string): string[] | undefined {
  const [from, to] = [NUMBERED.exec(first), NUMBERED.exec(last)];
  if (from === null || to === null || from[1] !== to[1]) return undefined;
  const digits = from[2] as string;
  return sequence(Number(digits), Number(to[2])).map(
    (number) => from[1] + String(number).padStart(digits.length, '0'),
  );
}

/** At most one more than a range may have: who asks sees that it is too long. */
function sequence(from: number, to: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.min(to - from + 1, MOST_VALUES + 1)) },
    (_, step) => from + step,
  );
}

function isLower(text: string): boolean {
  return text === text.toLowerCase();
}
