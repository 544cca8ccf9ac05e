/** Every combination of values: `{"Plate": ["P1", "P2"], "Well": "A01..P24"}` is 768 groups. */
import { JobFileError } from '../errors.ts';
import { excerpt, type Group, type Problem } from '../group.ts';
import type { Scalar } from '../message.ts';
import { expandRange, meantRange } from './range.ts';

/**
 * The last key changes fastest, as in nested loops.
 *
 * @param description A list of values, a range, or one value for each key; a list may hold ranges.
 * @param notes Gets a sentence for each key with a value that is written as ranges are elsewhere.
 */
export function* crossProduct(
  description: Record<string, unknown>,
  path: string,
  notes: string[],
): Generator<Group, void, void> {
  const problems: Problem[] = [];
  const axes = Object.entries(description).map(([key, value]) => ({
    key,
    values: valuesOf(key, value, problems, notes),
  }));
  const [problem, ...others] = problems;
  if (problem !== undefined) throw new JobFileError(path, [problem, ...others]);
  if (axes.length > 0) yield* combine(axes, {});
}

function* combine(
  [axis, ...rest]: readonly { readonly key: string; readonly values: readonly Scalar[] }[],
  group: Group,
): Generator<Group, void, void> {
  if (axis === undefined) {
    yield group;
    return;
  }
  for (const value of axis.values) yield* combine(rest, { ...group, [axis.key]: value });
}

function valuesOf(key: string, value: unknown, problems: Problem[], notes: string[]): Scalar[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) {
    problems.push({
      what: `groups, ${excerpt(key)} is an empty list, which makes no group`,
      fix: 'Give it a value.',
    });
  }
  const doubtful = list.find((item) => typeof item === 'string' && meantRange(item) !== undefined);
  if (typeof doubtful === 'string') {
    const range = excerpt(meantRange(doubtful));
    const one = `groups, ${excerpt(key)}: ${excerpt(doubtful)} is one value`;
    if (/well/i.test(key))
      problems.push({ what: `${one}, and no well`, fix: `Write ${range} for all from one to the other.` });
    else notes.push(`${one}; for all from one to the other write ${range}.`);
  }
  return list.flatMap((item): Scalar[] => {
    if (typeof item === 'number' || typeof item === 'boolean') return [item];
    if (typeof item !== 'string') {
      problems.push({
        what: `groups, ${excerpt(key)} holds ${excerpt(item)}`,
        fix: 'Give a list of values (["P1", "P2"]), a range ("A01..P24") or one value.',
      });
      return [];
    }
    const values = expandRange(item);
    if (Array.isArray(values)) return values;
    problems.push({ what: `groups, ${excerpt(key)}: ${values.what}`, fix: values.fix });
    return [];
  });
}
