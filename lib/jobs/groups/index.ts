/** Where groups come from: what stands under `groups` in a job file says it. */
import type { Store } from '../../store/store.ts';
import { JobFileError } from '../errors.ts';
import { excerpt, isComment } from '../group.ts';
import { readJobJson, type JobFileParts } from '../read-json.ts';
import { crossProduct } from './cross.ts';
import { csvGroups } from './csv.ts';
import { fileGroups } from './files.ts';
import type { Gap } from './gaps.ts';

export type { Gap };

/** Groups, unchecked, and what was noticed on the way: complete when reading has ended. */
export interface GroupSource {
  /**
   * Hands over one group after the other, each gone before the next comes: a million groups held in batches, or waited
   * for one by one, would make the heap grow past all they need.
   */
  read(take: (group: unknown) => void): Promise<void>;
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
    async read(take) {
      await readJobJson(path, parts, take);
      const { groups } = parts;
      if (groups === undefined || groups.kind === 'list') return;
      if (groups.kind === 'other') throw unusable(path, groups.value);
      const description = Object.fromEntries(
        Object.entries(groups.description).filter(([key]) => !isComment(key)),
      );
      if ('csv' in description) await csvGroups(description, path, take);
      else if ('files' in description) {
        const found = await fileGroups(description, path, source, take);
        gaps.push(...found.gaps);
        notes.push(...found.notes);
      } else for (const group of crossProduct(description, path, notes)) take(group);
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
