/** Groups from a table: one a row, the first row names the parameters. */
import { createReadStream } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../errors.ts';
import { plural } from '../../plural.ts';
import { JobFileError } from '../errors.ts';
import { excerpt, type Group, type Problem } from '../group.ts';

/**
 * Values stay text, so that `01` keeps its zero; a script's `#@ Integer` reads them all the same.
 *
 * @param description `{"csv": "groups.csv"}`, relative to the job file's folder; `"delimiter"` when it is not a comma
 *   (a tab in .tsv and .tab files).
 */
export async function csvGroups(
  description: Record<string, unknown>,
  path: string,
  take: (group: Group) => void,
): Promise<void> {
  const { csv, delimiter, ...others } = description;
  const [other] = Object.keys(others);
  if (typeof csv !== 'string' || csv === '' || other !== undefined) {
    const what =
      other === undefined ? `groups, "csv" is ${excerpt(csv)}` : `groups has ${excerpt(other)} beside "csv"`;
    throw new JobFileError(path, [
      { what, fix: 'Write {"csv": "groups.csv"}, and "delimiter" if it is not a comma.' },
    ]);
  }
  if (delimiter !== undefined && (typeof delimiter !== 'string' || delimiter === '')) {
    throw new JobFileError(path, [
      { what: `groups, "delimiter" is ${excerpt(delimiter)}`, fix: 'Write a text, e.g. ";".' },
    ]);
  }
  const table = resolve(dirname(path), csv);
  const tabs = ['.tsv', '.tab'].includes(extname(table).toLowerCase());
  // Only for those who have a table: everyone else is spared its memory.
  const { parse } = await import('csv-parse');
  let columns: number | undefined;
  const rows = parse({
    bom: true,
    columns: (names: string[]) => {
      columns = names.length;
      return checkNames(names, table, delimiter !== undefined);
    },
    delimiter: delimiter ?? (tabs ? '\t' : ','),
    skip_empty_lines: true,
    trim: true,
    // Taken here, and not read from the stream: a promise for each of a million rows would be half of their memory.
    on_record: (row: Group) => {
      take(row);
      return null;
    },
  });
  try {
    await pipeline(createReadStream(table), text, rows.resume());
  } catch (cause) {
    if (cause instanceof JobFileError) throw cause;
    throw new JobFileError(table, [problemOf(cause, columns)], cause);
  }
}

/** @throws TypeError (ERR_ENCODING_INVALID_ENCODED_DATA) rather than take what is not UTF-8 for other letters */
async function* text(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** `_comment` columns go the way of `_comment` keys; a name may come once. */
function checkNames(names: string[], table: string, delimiterGiven: boolean): string[] {
  const [only = ''] = names;
  const other =
    delimiterGiven || names.length > 1 ? undefined : [';', '\t', ','].find((sign) => only.includes(sign));
  if (other !== undefined) {
    const sign = JSON.stringify(other);
    const columns = other === ';' ? 'semicolons' : other === ',' ? 'commas' : 'tabs';
    throw new JobFileError(table, [
      {
        what: `its first row is one name, ${excerpt(only)}, with ${columns} in it`,
        fix: `If they part the columns (Excel does so in some countries), add "delimiter": ${sign} beside "csv" in the job file.`,
      },
    ]);
  }
  const bad = names.find((name, index) => name === '' || names.indexOf(name) !== index);
  if (bad === undefined) return names;
  const what =
    bad === '' ? 'its first row has a column without a name' : `its first row names ${excerpt(bad)} twice`;
  throw new JobFileError(table, [
    { what, fix: 'The first row names the parameters, each once, e.g. Plate,Well,Field.' },
  ]);
}

function problemOf(cause: unknown, columns: number | undefined): Problem {
  const { code, lines, record } = cause as { code?: string; lines?: number; record?: readonly unknown[] };
  const line = `line ${lines ?? '?'}`;
  switch (code) {
    case 'ENOENT':
      return {
        what: 'there is no such table',
        fix: 'The path in "csv" is relative to the folder of the job file.',
      };
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return {
        what: 'its letters are not written in UTF-8',
        fix: 'In Excel, save it as "CSV UTF-8"; elsewhere choose the encoding UTF-8.',
      };
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return {
        what: `${line} has ${plural(record?.length ?? 0, 'value')}, but the first row has ${plural(columns ?? 0, 'name')}`,
        fix: 'Give every row as many values as the first row has names; a value with the delimiter in it stands in double quotes.',
      };
    case 'CSV_QUOTE_NOT_CLOSED':
      return {
        what: `a double quote is opened and not closed before the table ends (${line})`,
        fix: 'Close it, or take it out.',
      };
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return {
        what: `${line} has a double quote inside a value`,
        fix: 'Put the whole value in double quotes and write each one inside it twice: "a ""b"" c".',
      };
    default:
      return {
        what: `the table cannot be read (${messageOf(cause)})`,
        fix: 'Check that it is a text file and that you may read it.',
      };
  }
}
