/** Whether the patterns under `inputs` match a file: a folder is listed once for all jobs, however many look into it. */
import { inputPattern, type InputPattern } from '../worker/input-patterns.ts';

/** Where patterns are looked for. */
export interface PatternPlace {
  /**
   * Keys of the source that begin so, in key order. Undefined among them: something there cannot be looked at, and
   * nobody knows what else there is.
   */
  keys(prefix: string): AsyncIterable<string | undefined>;
}

export interface PatternsCheck {
  /** Patterns that no file matches. */
  readonly unmatched: ReadonlySet<string>;
  /** Patterns of which it is known now. */
  readonly lookedFor: number;
}

/** Folders that are listed at once. */
const AT_ONCE = 16;
/** Keys listed to find what may have been meant. */
const KEYS_READ = 5000;

/** @param until of performance.now(): what is not listed by then is not known */
export async function checkPatterns(
  texts: Iterable<string>,
  place: PatternPlace,
  until: number,
): Promise<PatternsCheck> {
  const folders = new Map<string, InputPattern[]>();
  for (const text of texts) {
    const pattern = inputPattern(text);
    const folder = folderOf(pattern);
    const there = folders.get(folder);
    if (there === undefined) folders.set(folder, [pattern]);
    else there.push(pattern);
  }
  const unmatched = new Set<string>();
  let lookedFor = 0;
  const all = [...folders];
  for (let at = 0; at < all.length && (at === 0 || performance.now() < until); at += AT_ONCE) {
    const looks = await Promise.all(
      all.slice(at, at + AT_ONCE).map(async ([folder, patterns]) => {
        const { open, complete } = await lookInto(folder, patterns, place, until);
        return {
          known: complete ? patterns.length : patterns.length - open.length,
          open: complete ? open : [],
        };
      }),
    );
    for (const { known, open } of looks) {
      lookedFor += known;
      for (const { text } of open) unmatched.add(text);
    }
  }
  return { unmatched, lookedFor };
}

/** Where a pattern is looked for: the folder that it names, with `/` at the end; '' is the top. */
export function folderOf({ prefix }: Pick<InputPattern, 'prefix'>): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

/** The file that begins most as the pattern does; undefined when its folder has none. */
export async function nearestFile(text: string, place: PatternPlace): Promise<string | undefined> {
  const { prefix } = inputPattern(text);
  let best: string | undefined;
  let most = -1;
  let read = 0;
  for await (const key of place.keys(folderOf({ prefix }))) {
    if (key === undefined || ++read > KEYS_READ) break;
    const common = prefix.split('').findIndex((character, index) => key[index] !== character);
    const length = common === -1 ? prefix.length : common;
    if (key.endsWith('/') || length <= most) continue;
    [best, most] = [key, length];
  }
  return best;
}

async function lookInto(
  folder: string,
  patterns: readonly InputPattern[],
  place: PatternPlace,
  until: number,
): Promise<{ readonly open: readonly InputPattern[]; readonly complete: boolean }> {
  const open = new Beginnings(patterns);
  let listed = 0;
  for await (const key of place.keys(folder)) {
    listed += 1;
    const late = listed % 1000 === 0 && performance.now() > until;
    if (key === undefined || late) return { open: open.left(), complete: false };
    open.meet(key);
    if (open.size === 0) break;
  }
  return { open: open.left(), complete: true };
}

/** Open patterns by how they begin: a key is held against those alone that begin as it does. */
class Beginnings {
  readonly #byPrefix = new Map<string, Set<InputPattern>>();
  readonly #lengths: readonly number[];
  size = 0;

  constructor(patterns: readonly InputPattern[]) {
    for (const pattern of patterns) {
      const same = this.#byPrefix.get(pattern.prefix);
      if (same === undefined) this.#byPrefix.set(pattern.prefix, new Set([pattern]));
      else same.add(pattern);
      this.size += 1;
    }
    this.#lengths = [...new Set([...this.#byPrefix.keys()].map(({ length }) => length))];
  }

  meet(key: string): void {
    // The marker that consoles make for an empty folder is no file.
    if (key.endsWith('/')) return;
    for (const length of this.#lengths) {
      const candidates = this.#byPrefix.get(key.slice(0, length));
      for (const pattern of candidates ?? []) {
        if (!pattern.matches(key)) continue;
        candidates?.delete(pattern);
        this.size -= 1;
      }
    }
  }

  left(): InputPattern[] {
    return [...this.#byPrefix.values()].flatMap((patterns) => [...patterns]);
  }
}
