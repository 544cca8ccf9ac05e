/** A job's name: the same group gives the same id, on every machine and in every run. */
import { hash } from 'node:crypto';
import type { Group } from './group.ts';
import type { Scalar } from './message.ts';

/** Hex digits of an id: 64 bits, so that two of a million different groups share one with a chance of 3 in 10^8. */
export const ID_LENGTH = 16;

/** One text for a group, whatever the order of its keys in the file. */
export function canonical(group: Group): string {
  const keys = Object.keys(group);
  if (keys.every((key, index) => index === 0 || (keys[index - 1] as string) < key))
    return JSON.stringify(group);
  // A loop, as the obvious ways (a replacer, entries) take up to twice as long, a million times.
  const sorted: Group = {};
  for (const key of keys.sort()) sorted[key] = group[key] as Scalar;
  return JSON.stringify(sorted);
}

/**
 * The id of the job that a group makes, from the group alone: sending a job file again gives every job the name it had.
 *
 * @returns 16 hex digits, the beginning of the SHA-256 of the group's canonical JSON.
 */
export function jobId(group: Group): string {
  return hash('sha256', canonical(group), 'hex').slice(0, ID_LENGTH);
}
