/** What makes one job different from the next, and what every job shares: names with plain values. */
import type { Scalar } from './message.ts';

/** Parameter names and values, in the order in which the user wrote them. */
export type Group = Record<string, Scalar>;

/** Something the user wrote that cannot be used, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly fix: string;
  /** Lines that show it. */
  readonly picture?: string;
}

/** Comments are for people: no key that starts so ever reaches a script. */
export function isComment(key: string): boolean {
  return key.startsWith('_comment');
}

/** A value as the user wrote it, short enough for a message. */
export function excerpt(value: unknown, length = 80): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}

/**
 * Takes what was written for a group (or for shared_metadata) as parameters.
 *
 * @param place How a message names the place: a group's number in the file (1 is the first), or a name.
 * @returns The parameters without comments, or what is wrong with them.
 */
export function toGroup(value: unknown, place: number | string): Group | Problem[] {
  const where = () => (typeof place === 'number' ? `group ${place}` : place);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      {
        what: `${where()} is ${excerpt(value)}, not a set of parameters`,
        fix: 'Write it as {"Plate": "Plate_1", "Well": "A01"}.',
      },
    ];
  }
  const written = value as Record<string, unknown>;
  const keys = Object.keys(written);
  // Nearly every group is fine as it is: a copy of each of a million would cost a tenth of their reading.
  if (keys.every((key) => isScalar(written[key]) && !isComment(key) && key !== '__proto__'))
    return written as Group;
  const group: Group = {};
  const problems: Problem[] = [];
  for (const key of keys) {
    const item = written[key];
    if (isComment(key)) continue;
    if (key === '__proto__') problems.push(notAName(where()));
    else if (isScalar(item)) group[key] = item;
    else problems.push(unusable(item, `${where()}, ${excerpt(key)}`));
  }
  return problems.length > 0 ? problems : group;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || isExact(value);
}

/** Numbers as JSON writes them and JavaScript keeps them: 1e999 is none, and 12345678901234567890 loses its last digits. */
function isExact(value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (!Number.isInteger(value) || Number.isSafeInteger(value))
  );
}

function notAName(where: string): Problem {
  return { what: `${where} has a parameter called "__proto__"`, fix: 'Call it otherwise.' };
}

function unusable(value: unknown, where: string): Problem {
  if (value === null) {
    return { what: `${where} is null`, fix: 'Leave the key out, or give it a value ("" is one).' };
  }
  if (typeof value === 'number') {
    return {
      what: `${where} is a number too large to be kept exactly`,
      fix: 'Write it in double quotes: then it arrives as it is written.',
    };
  }
  const nested = Array.isArray(value) ? 'a list' : 'an object';
  const example = Array.isArray(value) ? '"1,2,3"' : 'a key for each of its values';
  return {
    what: `${where} is ${nested}: ${excerpt(value)}`,
    fix: `A parameter is one text, number or boolean: write ${example}, and let the script take it apart.`,
  };
}
