/**
 * Groups from the files that are there:
 * `{"files": "plates/{Plate}_{Well}f{Field}d{Channel}.TIF", "by": ["Plate", "Well"], "parameters": {...}}`.
 */
import type { Store } from '../../store/store.ts';
import { grouped } from '../../plural.ts';
import { JobFileError } from '../errors.ts';
import { excerpt, type Group, type Problem } from '../group.ts';
import { Gaps, type Gap } from './gaps.ts';
import { parsePattern, type FilePattern, type Reading } from './pattern.ts';
import { SPECIAL, toTemplates, type Templates } from './templates.ts';

/** Keys shown when nothing matches. */
const SHOWN = 3;

interface FileGroups {
  readonly text: string;
  readonly pattern: FilePattern;
  /** Placeholders that tell one job from the next. */
  readonly by: readonly string[];
  readonly templates: Templates;
}

/**
 * @param take Gets each group: the placeholders of `by`, then `parameters` with its templates filled in.
 * @returns What some have and others have not.
 * @throws JobFileError when nothing matches, a name can be read in two ways, or the description is wrong.
 */
export async function fileGroups(
  description: Record<string, unknown>,
  path: string,
  source: Store | undefined,
  take: (group: Group) => void,
): Promise<{ gaps: Gap[]; notes: string[] }> {
  const refuse = ({ what, fix }: Problem): never => {
    throw new JobFileError(path, [{ what, fix }]);
  };
  const files = readDescription(description);
  if ('what' in files) return refuse(files);
  const { text, pattern, by, templates } = files;
  if (source === undefined) {
    return refuse({
      what: 'its groups come from file names, and there is no bucket or folder to look in',
      fix: 'Set AWS_BUCKET (or SOURCE_BUCKET) in config.ts, or give --input FOLDER.',
    });
  }
  const folding = new Folding(pattern.names, by, text.includes('*'), (set) => {
    const group = templates(set);
    const named = Object.fromEntries(by.map((name) => [name, set.valuesOf(name)[0] as string]));
    if ('what' in group && 'fix' in group) refuse(describe(group as Problem, named));
    take({ ...named, ...(group as Group) });
  });
  const gaps = new Gaps(pattern.names);
  const others: string[] = [];
  let other = 0;
  let matched = 0;
  for await (const { key } of source.list(pattern.prefix)) {
    const reading = pattern.match(key);
    if (reading === undefined) {
      if (key.endsWith('/')) continue;
      if (others.length < SHOWN) others.push(key);
      other += 1;
      continue;
    }
    if (reading.otherwise !== undefined)
      refuse(ambiguous(key, pattern.names, reading.values, reading.otherwise));
    matched += 1;
    gaps.add(reading.values);
    folding.add(key, reading);
  }
  folding.end();
  if (matched === 0) refuse(await nothing(text, pattern.prefix, source, others));
  const notes = other === 0 ? [] : [notMatched(other, others, source.describe(pattern.prefix))];
  return { gaps: gaps.report(), notes };
}

/**
 * Brings together the files that differ only in placeholders that are not in `by`. Keys come sorted: a group is complete
 * when a key does not begin as its files do, up to the first placeholder that is not in `by`.
 */
class Folding {
  readonly #names: readonly string[];
  readonly #by: readonly number[];
  /** The first placeholder that is not in `by`; undefined when one of `by` stands behind it: groups stay open. */
  readonly #folded: number | undefined;
  readonly #done: (set: FileSetOf) => void;
  readonly #open = new Map<string, { readonly beginning: string; readonly set: FileSetOf }>();

  /** @param wild whether the pattern has a `*`: what it stands for sorts between keys of one group */
  constructor(
    names: readonly string[],
    by: readonly string[],
    wild: boolean,
    done: (set: FileSetOf) => void,
  ) {
    this.#names = names;
    this.#by = by.map((name) => names.indexOf(name));
    this.#done = done;
    const first = names.slice(0, by.length).every((name) => by.includes(name));
    this.#folded = first && !wild ? by.length : undefined;
  }

  add(key: string, { values, starts }: Reading): void {
    for (const [id, { beginning, set }] of this.#folded === undefined ? [] : this.#open) {
      if (key.startsWith(beginning)) continue;
      this.#open.delete(id);
      this.#done(set);
    }
    const id = this.#by.map((index) => values[index]).join('\0');
    const open = this.#open.get(id);
    if (open !== undefined) {
      open.set.add(key, values);
      return;
    }
    const beginning = this.#folded === undefined ? '' : key.slice(0, starts[this.#folded] ?? key.length);
    this.#open.set(id, { beginning, set: new FileSetOf(this.#names, key, values) });
  }

  end(): void {
    for (const { set } of this.#open.values()) this.#done(set);
    this.#open.clear();
  }
}

class FileSetOf {
  readonly keys: string[] = [];
  readonly #names: readonly string[];
  readonly #values: Set<string>[];

  constructor(names: readonly string[], key: string, values: readonly string[]) {
    this.#names = names;
    this.#values = names.map(() => new Set());
    this.add(key, values);
  }

  add(key: string, values: readonly string[]): void {
    this.keys.push(key);
    values.forEach((value, index) => this.#values[index]?.add(value));
  }

  valuesOf = (name: string): string[] => [...(this.#values[this.#names.indexOf(name)] ?? [])];
}

function readDescription({
  files,
  by,
  parameters,
  ...others
}: Record<string, unknown>): FileGroups | Problem {
  const fix =
    'Write {"files": "images/{Plate}_{Well}f{Field}.tif", "by": ["Plate", "Well"], "parameters": {...}}.';
  const [other] = Object.keys(others);
  if (other !== undefined) return { what: `groups has ${excerpt(other)} beside "files"`, fix };
  if (typeof files !== 'string') return { what: `groups, "files" is ${excerpt(files)}`, fix };
  const pattern = parsePattern(files.replace(/^\/+/, ''));
  if ('what' in pattern) return { what: `groups, "files": ${pattern.what}`, fix: pattern.fix };
  const reserved = pattern.names.find((name) => SPECIAL.some((special) => special === name));
  if (reserved !== undefined) {
    return {
      what: `groups, "files" calls a placeholder {${reserved}}, which means something else`,
      fix: 'Call it otherwise.',
    };
  }
  const names: unknown = by ?? pattern.names;
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    return { what: `groups, "by" is ${excerpt(by)}`, fix };
  }
  const unknown = (names as string[]).find((name) => !pattern.names.includes(name));
  if (unknown !== undefined) {
    return {
      what: `groups, "by" has ${excerpt(unknown)}, which the pattern does not have`,
      fix: `It has ${pattern.names.join(', ')}.`,
    };
  }
  const templates = toTemplates(parameters, pattern.names);
  return typeof templates === 'function'
    ? { text: files, pattern, by: [...new Set(names as string[])], templates }
    : templates;
}

function describe({ what, fix }: Problem, group: Group): Problem {
  return { what: `for ${excerpt(group)} ${what}`, fix };
}

function ambiguous(
  key: string,
  names: readonly string[],
  one: readonly string[],
  other: readonly string[],
): Problem {
  const spell = (values: readonly string[]) =>
    names.map((name, index) => `${name}=${values[index]}`).join(' ');
  const first = names.find((_, index) => one[index] !== other[index]) as string;
  return {
    what: `the file ${excerpt(key)} can be read in two ways: ${spell(one)}, or ${spell(other)}`,
    fix: `Say what a placeholder may hold, e.g. {${first}:[^_]+} or {${first}:\\\\d+}.`,
  };
}

async function nothing(
  pattern: string,
  prefix: string,
  source: Store,
  found: readonly string[],
): Promise<Problem> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  // The names may begin otherwise than the pattern, and the folder may be another.
  let others = found;
  for (const place of [folder, '']) if (others.length === 0) others = await firstKeys(source, place);
  if (others.length === 0) {
    return {
      what: `there is no file at all under ${source.describe('')}`,
      fix: 'Check the folder in "files", and the bucket or input folder.',
    };
  }
  return {
    what: `no file matches ${excerpt(pattern, 200)}; there are ${others.map((key) => excerpt(key)).join(', ')}`,
    fix: 'Write the pattern as these names are, with the folder in front; upper and lower case count (.tif is not .TIF).',
  };
}

async function firstKeys(source: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of source.list(prefix)) {
    if (!key.endsWith('/')) keys.push(key);
    if (keys.length === SHOWN) break;
  }
  return keys;
}

function notMatched(count: number, others: readonly string[], where: string): string {
  const files = count === 1 ? '1 file does' : `${grouped(count)} files do`;
  return `${files} not match the pattern under ${where} (${others.map((key) => excerpt(key)).join(', ')}).`;
}
