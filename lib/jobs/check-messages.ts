/** What can only be checked when the whole job file is known, since its header may stand behind its groups. */
import { hash } from 'node:crypto';
import { excerpt, type Group, type Problem } from './group.ts';
import type { JobFileHeader } from './header.ts';
import { IdList } from './id-list.ts';
import { ID_LENGTH } from './job-id.ts';
import { fill, placeholdersOf, toLocation } from './location.ts';
import { nearest } from '../nearest.ts';
import { MAX_JOB_BYTES, locationOf, toMessage } from './make-message.ts';
import { MOST_PROBLEMS } from './errors.ts';
import { toBody } from './parse-message.ts';

import type { Spool } from './spool.ts';
import { grouped } from '../plural.ts';

/** How the groups spread over output locations: a location shared by many is fine until two write the same name. */
export interface LocationUse {
  /** Different output locations. */
  readonly count: number;
  /** Groups that share theirs with another group. */
  readonly sharing: number;
}

/**
 * @param largestGroupBytes No group's JSON is longer.
 * @returns Every problem found, up to ten.
 */
export function checkMessages(spool: Spool, header: JobFileHeader, largestGroupBytes: number): Problem[] {
  const inLocation = placeholdersOf(header.output_file_location);
  const inInputs = (header.inputs ?? []).flatMap(placeholdersOf);
  const used = [...new Set([...inLocation, ...inInputs])];
  const placeholders = inLocation.length + inInputs.length;
  const mayBeTooLarge =
    toBody(toMessage(header, {}, '')).length * 3 + largestGroupBytes * (placeholders + 1) > MAX_JOB_BYTES;
  if (placeholders === 0 && !mayBeTooLarge) return [];

  const problems: Problem[] = [];
  const unfilled = new Map<string, Unfilled>();
  for (const { index, group, job } of spool.groups()) {
    if (problems.length > MOST_PROBLEMS) break;
    const name = () => `group ${index + 1}, ${excerpt(group)},`;
    const missing = used.filter((key) => !(key in group));
    for (const key of missing) {
      const known = unfilled.get(key);
      if (known === undefined) unfilled.set(key, { name: name(), group, count: 1 });
      else known.count += 1;
    }
    if (missing.length > 0) continue;
    const location = toLocation(fill(header.output_file_location, group));
    if (typeof location !== 'string') {
      problems.push({ what: `${name()} gives ${location.what}`, fix: location.fix });
      continue;
    }
    if (!mayBeTooLarge) continue;
    const bytes = Buffer.byteLength(toBody(toMessage(header, group, job)));
    if (bytes > MAX_JOB_BYTES) problems.push(tooLarge(name(), bytes));
  }
  const everywhere = [...unfilled].map(([key, of]) => unfilledProblem(key, of, inLocation.includes(key)));
  return [...everywhere, ...problems];
}

/** Reads all groups once more when the output location has placeholders. */
export function locationUse(spool: Spool, header: JobFileHeader): LocationUse {
  if (placeholdersOf(header.output_file_location).length === 0) {
    return { count: 1, sharing: spool.count > 1 ? spool.count : 0 };
  }
  const locations = new IdList();
  for (const { group } of spool.groups()) {
    locations.add(hash('sha256', locationOf(header, group), 'hex').slice(0, ID_LENGTH));
  }
  const { distinct, single } = locations.tally(0);
  return { count: distinct, sharing: spool.count - single };
}

/** Groups without what a placeholder names: one slip in the template is every group's. */
interface Unfilled {
  /** The first of them, as a message names it. */
  readonly name: string;
  readonly group: Group;
  count: number;
}

function unfilledProblem(key: string, { name, group, count }: Unfilled, inLocation: boolean): Problem {
  const place = inLocation ? 'output_file_location' : 'inputs';
  const near = nearest(key, Object.keys(group));
  const others = count === 1 ? '' : `; nor have ${grouped(count - 1)} more`;
  return {
    what: `${name} has no ${excerpt(key)}, which ${place} uses${others}`,
    fix:
      near === undefined
        ? `Add it to the group, or take {${key}} out of ${place}.`
        : `Write {${near}} in ${place}, or add ${excerpt(key)} to the group.`,
  };
}

function tooLarge(name: string, bytes: number): Problem {
  return {
    what: `${name} makes a message of ${grouped(bytes)} bytes; it may have at most ${grouped(MAX_JOB_BYTES)}`,
    fix: 'Put long values into a file beside the images and give the script its name.',
  };
}
