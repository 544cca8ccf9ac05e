/**
 * File names as people describe them: `{Plate}_{Well}f{Field}d{Channel}.TIF`. A placeholder takes any characters but `/`;
 * `{Well}` takes a well name (A1, P24, AF48); `{Field:\d+}` takes what the regular expression says; `*` takes anything
 * but `/` and is forgotten. The same placeholder twice stands for the same text.
 */
import type { Problem } from '../group.ts';

export interface FilePattern {
  /** What every match starts with: all that has to be listed. */
  readonly prefix: string;
  /** Placeholder names in the order in which they first stand in the pattern. */
  readonly names: readonly string[];
  /** The placeholders' values in `key`; undefined when it does not match. */
  match(key: string): Reading | undefined;
}

export interface Reading {
  /** In the order of `names`. */
  readonly values: readonly string[];
  /** Where in the key each value begins. */
  readonly starts: readonly number[];
  /** Another way to read the same file name, when there is one: the pattern does not say enough. */
  readonly otherwise?: readonly string[];
}

type Piece = { readonly literal: string } | { readonly name: string; readonly expression?: string };

const WELL = String.raw`[A-Za-z]{1,2}\d{1,2}`;

/** @returns The pattern, or what is wrong with the text. */
export function parsePattern(text: string): FilePattern | Problem {
  const pieces = split(text);
  if (!Array.isArray(pieces)) return pieces;
  const names = [...new Set(pieces.flatMap((piece) => ('name' in piece ? [piece.name] : [])))];
  if (names.length === 0) {
    return {
      what: `the pattern ${JSON.stringify(text)} has no placeholder`,
      fix: 'Put names in braces where file names differ, e.g. "images/{Plate}_{Well}.tif".',
    };
  }
  try {
    const [greedy, lazy] = [compile(pieces, names, '[^/]+'), compile(pieces, names, '[^/]+?')];
    return { prefix: prefixOf(pieces), names, match: (key) => read(key, names, greedy, lazy) };
  } catch (error) {
    return {
      what: `the pattern ${JSON.stringify(text)} has an expression that cannot be read (${(error as Error).message})`,
      fix: 'What stands behind a colon is a regular expression, e.g. {Field:\\\\d+}.',
    };
  }
}

/** Takes as much as it can from the left, and as little: when these differ, only the user can know which is meant. */
function read(key: string, names: readonly string[], greedy: RegExp, lazy: RegExp): Reading | undefined {
  const match = greedy.exec(key);
  if (match === null) return undefined;
  const valuesOf = (found: RegExpExecArray | null) =>
    names.map((_, index) => found?.groups?.[`p${index}`] ?? '');
  const values = valuesOf(match);
  const starts = names.map((_, index) => match.indices?.groups?.[`p${index}`]?.[0] ?? 0);
  const other = valuesOf(lazy.exec(key));
  const same = values.every((value, index) => value === other[index]);
  return same ? { values, starts } : { values, starts, otherwise: other };
}

/** Placeholders are named groups p0, p1, ... in the order of `names`: a user's own groups have no such names. */
function compile(pieces: readonly Piece[], names: readonly string[], anything: string): RegExp {
  const met = new Set<string>();
  const source = pieces.map((piece) => {
    if ('literal' in piece) return piece.literal.split('*').map(escape).join('[^/]*');
    const group = `p${names.indexOf(piece.name)}`;
    if (met.has(piece.name)) return String.raw`\k<${group}>`;
    met.add(piece.name);
    return `(?<${group}>${piece.expression ?? (piece.name.toLowerCase() === 'well' ? WELL : anything)})`;
  });
  return new RegExp(`^${source.join('')}$`, 'du');
}

function escape(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function prefixOf([first]: readonly Piece[]): string {
  return first !== undefined && 'literal' in first ? (first.literal.split('*', 1)[0] as string) : '';
}

/** Literal text and placeholders; braces may stand inside an expression: `{Field:\d{2}}`. */
function split(text: string): Piece[] | Problem {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open !== 0) pieces.push({ literal: open === -1 ? rest : rest.slice(0, open) });
    if (open === -1) break;
    const close = closing(rest, open);
    const inside = rest.slice(open + 1, close === -1 ? undefined : close);
    const colon = inside.indexOf(':');
    const name = (colon === -1 ? inside : inside.slice(0, colon)).trim();
    if (close === -1 || !/^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(name)) {
      return {
        what: `the pattern ${JSON.stringify(text)} has braces around what is no name: {${inside}`,
        fix: 'Write placeholders as {Plate}, or {Field:\\\\d+} with what may stand there.',
      };
    }
    pieces.push(colon === -1 ? { name } : { name, expression: inside.slice(colon + 1) });
    rest = rest.slice(close + 1);
  }
  return pieces;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
