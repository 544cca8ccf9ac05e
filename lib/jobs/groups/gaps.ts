/**
 * What others have and this one has not: a field that every other well has, a well that other plates have, a well inside
 * the rectangle of all wells. Placeholders form a tree in the order of the pattern (a plate has wells, a well has
 * fields, ...), and file names come in its order, so that only one branch is held at a time.
 */
import { expandRange } from './range.ts';

/** Something that others have and this one has not. */
export interface Gap {
  /** Where it is missing, e.g. `Plate P1, Well A05`; '' when it is missing everywhere. */
  readonly where: string;
  /** What is missing, e.g. `Field 03`. */
  readonly missing: string;
}

/** Past so many different values a placeholder is no grid that could have holes (a time stamp, a file number). */
const MOST_VALUES = 5_000;
/** Places that are remembered for one set of values: enough to name, few enough to hold. */
const MOST_PLACES = 1_000;

/** 2 before 10. */
const natural = new Intl.Collator('en', { numeric: true });

const WELL = /^([A-Za-z]{1,2})(\d{1,2})$/;

/** The values that a placeholder takes under one parent, and where it does so. */
interface Pattern {
  readonly values: ReadonlySet<string>;
  readonly places: string[];
}

interface Level {
  readonly name: string;
  /** Every value ever met. */
  readonly all: Set<string>;
  /** Values under the parent that is open now. */
  open: Set<string>;
  /** Most parents have the same values: each set is kept once. */
  readonly patterns: Map<string, Pattern>;
}

export class Gaps {
  readonly #levels: readonly Level[];
  #last: readonly string[] | undefined;

  /** @param names Placeholders in the order of the pattern. */
  constructor(names: readonly string[]) {
    this.#levels = names.map((name) => ({ name, all: new Set(), open: new Set(), patterns: new Map() }));
  }

  add(values: readonly string[]): void {
    const last = this.#last;
    if (last !== undefined) {
      const changed = values.findIndex((value, index) => value !== last[index]);
      if (changed !== -1) this.#close(last, changed + 1);
    }
    this.#levels.forEach(({ all, open }, index) => {
      const value = values[index] as string;
      if (open.size <= MOST_VALUES) open.add(value);
      if (all.size <= MOST_VALUES) all.add(value);
    });
    this.#last = values;
  }

  /** To be called once, after the last file. */
  report(): Gap[] {
    if (this.#last !== undefined) this.#close(this.#last, 0);
    return this.#levels.flatMap((level) => {
      if (level.all.size > MOST_VALUES) return [];
      return [...holes(level), ...missingSomewhere(level)];
    });
  }

  /** The parents of levels `from` and below have been seen whole. */
  #close(values: readonly string[], from: number): void {
    this.#levels.forEach((level, index) => {
      if (index < from) return;
      const key = [...level.open].sort().join('\0');
      const pattern: Pattern = level.patterns.get(key) ?? { values: level.open, places: [] };
      const place = this.#levels.slice(0, index).map(({ name }, parent) => `${name} ${values[parent]}`);
      if (pattern.places.length < MOST_PLACES) pattern.places.push(place.join(', '));
      if (level.patterns.size <= MOST_VALUES) level.patterns.set(key, pattern);
      level.open = new Set();
    });
  }
}

function missingSomewhere({ name, all, patterns }: Level): Gap[] {
  return [...patterns.values()].flatMap(({ values, places }) => {
    const missing = [...all].filter((value) => !values.has(value)).sort(natural.compare);
    if (missing.length === 0) return [];
    const text = `${name} ${missing.join(', ')}`;
    return places.map((where) => ({ where, missing: text }));
  });
}

/** Wells inside the rectangle of those that are there, which no file has. */
function holes({ name, all }: Level): Gap[] {
  const wells = [...all].map((value) => WELL.exec(value));
  if (wells.length < 2 || wells.some((well) => well === null)) return [];
  const rows = wells.map((well) => (well as RegExpExecArray)[1] as string);
  const columns = wells.map((well) => (well as RegExpExecArray)[2] as string);
  const by = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);
  const byNumber = (a: string, b: string) => Number(a) - Number(b);
  const [row, lastRow] = [rows.toSorted(by)[0], rows.toSorted(by).at(-1)];
  const [column, lastColumn] = [columns.toSorted(byNumber)[0], columns.toSorted(byNumber).at(-1)];
  const grid = expandRange(`${row}${column}..${lastRow}${lastColumn}`);
  if (!Array.isArray(grid)) return [];
  const missing = grid.filter((well) => !all.has(well));
  return missing.length === 0 ? [] : [{ where: '', missing: `${name} ${missing.join(', ')}` }];
}
