/** Values that are taken as they stand, though elsewhere in a job file the same text would be more: told, never refused. */
import { nearest } from '../nearest.ts';
import { excerpt, type Group } from './group.ts';
import { expandRange } from './groups/range.ts';
import { placeholdersOf } from './location.ts';

/** Where a parameter was first seen with such a value. */
interface Seen {
  readonly group: Group;
  readonly value: string;
  /** A group's number in the file (1 is the first). */
  readonly place: number;
}

/** Looks at each group as it passes; keeps one of each kind for each parameter. */
export class Doubts {
  readonly #ranges = new Map<string, Seen>();
  readonly #braces = new Map<string, Seen>();
  #first: Group = {};

  look(group: Group, place: number): void {
    if (place === 1) this.#first = group;
    for (const key in group) {
      const value = group[key];
      if (typeof value !== 'string') continue;
      if (value.includes('..') && !this.#ranges.has(key) && isRange(value))
        this.#ranges.set(key, { group, value, place });
      if (value.includes('{') && !this.#braces.has(key) && placeholdersOf(value).length > 0)
        this.#braces.set(key, { group, value, place });
    }
  }

  /** One sentence each. @param shared what all groups share */
  notes(shared: Group): string[] {
    const inShared = new Doubts();
    inShared.look(shared, 0);
    const names = Object.keys({ ...shared, ...this.#first });
    return [
      ...[...this.#ranges].map(([key, seen]) => rangeNote(key, seen)),
      ...[...inShared.#braces, ...this.#braces].flatMap(([key, { value }]) => braceNote(key, value, names)),
    ];
  }
}

function isRange(text: string): boolean {
  const values = expandRange(text);
  return Array.isArray(values) && values.length > 1;
}

function rangeNote(key: string, { value, group, place }: Seen): string {
  return `${excerpt(key)} is ${excerpt(value)} in group ${place}, which is one value there. For a job for each from one end to the other, write groups as combinations: "groups": ${excerpt(group, 200)}.`;
}

/** Braces mean much elsewhere (regular expressions, JSON): only the name of a parameter in them is a slip. */
function braceNote(key: string, value: string, names: readonly string[]): string[] {
  const name = placeholdersOf(value).find(
    (one) => /^[\p{L}_]/u.test(one) && nearest(one, names, 1) !== undefined,
  );
  if (name === undefined) return [];
  return [
    `${excerpt(key)} is ${excerpt(value)}, and {${name}} stays in it: placeholders are filled in only in output_file_location, in inputs, and in "parameters" beside "files".`,
  ];
}
