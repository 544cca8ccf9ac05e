/** Groups from a table: one a row, the first row names the parameters. */
import { createReadStream } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pipeline } from 'node:stream';
import { messageOf } from '../../errors.ts';
import { JobFileError } from '../errors.ts';
import { excerpt, type Group } from '../group.ts';

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
  const { CsvError, parse } = await import('csv-parse');
  const rows = parse({
    bom: true,
    columns: (names: string[]) => checkNames(names, table),
    delimiter: delimiter ?? (tabs ? '\t' : ','),
    skip_empty_lines: true,
    trim: true,
  });
  pipeline(createReadStream(table), rows, () => undefined);
  try {
    for await (const row of rows as AsyncIterable<Group>) take(row);
  } catch (cause) {
    if (cause instanceof JobFileError) throw cause;
    throw new JobFileError(table, [problemOf(cause, cause instanceof CsvError)], cause);
  }
}

/** `_comment` columns go the way of `_comment` keys; a name may come once. */
function checkNames(names: string[], table: string): string[] {
  const bad = names.find((name, index) => name === '' || names.indexOf(name) !== index);
  if (bad === undefined) return names;
  const what =
    bad === '' ? 'its first row has a column without a name' : `its first row names ${excerpt(bad)} twice`;
  throw new JobFileError(table, [
    { what, fix: 'The first row names the parameters, each once, e.g. Plate,Well,Field.' },
  ]);
}

function problemOf(cause: unknown, inTable: boolean): { what: string; fix: string } {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    return {
      what: 'there is no such table',
      fix: 'The path in "csv" is relative to the folder of the job file.',
    };
  }
  return {
    what: `the table cannot be read (${messageOf(cause)})`,
    fix: inTable
      ? 'Give every row as many values as the first row has names, and put values with commas or quotes in double quotes.'
      : 'Check that it is a file and that you may read it.',
  };
}
