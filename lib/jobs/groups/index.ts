/** Where groups come from: what stands under `groups` in a job file says it. */
import type { Store } from '../../store/store.ts';
import { JobFileError } from '../errors.ts';
import { excerpt, isComment } from '../group.ts';
import { readJobJson, type JobFileParts } from '../read-json.ts';
import { crossProduct } from './cross.ts';
import { csvGroups } from './csv.ts';

/** Something that others have and this one has not, in one sentence. */
export interface Gap {
  /** Where it is missing, e.g. `Plate P1, Well A05`; '' when it is missing everywhere. */
  readonly where: string;
  /** What is missing, e.g. `Field 03`. */
  readonly missing: string;
}

/** A stream of groups, unchecked, and what was noticed on the way: complete when the stream has ended. */
export interface GroupSource {
  values(): AsyncIterable<unknown>;
  readonly notes: readonly string[];
  readonly gaps: readonly Gap[];
}

/**
 * The groups of a job file, wherever they stand; `parts` is filled while they are read.
 *
 * @param source Where file-name patterns look.
 */
export function groupsOf(path: string, parts: JobFileParts, source: Store | undefined): GroupSource {
  const notes: string[] = [];
  const gaps: Gap[] = [];
  return {
    notes,
    gaps,
    async *values() {
      yield* readJobJson(path, parts);
      const { groups } = parts;
      if (groups === undefined || groups.kind === 'list') return;
      if (groups.kind === 'other') throw unusable(path, groups.value);
      const description = Object.fromEntries(
        Object.entries(groups.description).filter(([key]) => !isComment(key)),
      );
      if ('csv' in description) yield* csvGroups(description, path);
      else yield* crossProduct(description, path);
    },
  };
}

function unusable(path: string, value: unknown): JobFileError {
  return new JobFileError(path, [
    {
      what: `groups is ${excerpt(value)}`,
      fix: 'Write a list of groups, {"csv": "groups.csv"}, {"files": "{Plate}_{Well}.tif"}, or {"Plate": ["P1"], "Well": "A01..P24"}.',
    },
  ]);
}
