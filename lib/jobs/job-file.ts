/**
 * A job file, read and checked to its end before anything is done with it.
 *
 * Groups stream from their source (a list, a CSV file, a cross product, file names) through the checks into a spool;
 * messages stream from the spool. Only a list of ids is held in memory: a million groups fit in 150 MB.
 */
import type { Store } from '../store/store.ts';
import { Doubts } from './doubts.ts';
import { JobFileError, MOST_PROBLEMS } from './errors.ts';
import { excerpt, toGroup, type Group, type Problem } from './group.ts';
import { groupsOf, type Gap, type GroupSource } from './groups/index.ts';
import { locationNotes, meantAs, toHeader, unknownKeys, type JobFileHeader } from './header.ts';
import { canonical, jobId } from './job-id.ts';
import { checkMessages, locationUse, type LocationUse } from './check-messages.ts';
import { toMessage } from './make-message.ts';
import type { JobMessage } from './parse-message.ts';
import { SHAPE } from './read-error.ts';
import type { JobFileParts } from './read-json.ts';
import { IdList } from './id-list.ts';
import { Spool } from './spool.ts';

export interface JobFileOptions {
  /** Where file-name patterns look for files; without it such a job file is refused. */
  readonly source?: Store;
}

export interface JobFile {
  readonly path: string;
  /** The name under which records are kept. */
  readonly run: string;
  readonly header: JobFileHeader;
  /** How many groups there are, at least 1; each is one job. */
  readonly count: number;
  /** What a user should know and may ignore, one sentence each. */
  readonly notes: readonly string[];
  /** What the file names do not have that others have; empty for other sources. */
  readonly gaps: readonly Gap[];
  /** How output locations are shared; reads all groups once. */
  locations(): LocationUse;
  /** The jobs in the order of the file, from the given place (0 is the first). May be called more than once. */
  messages(options?: { readonly from?: number }): AsyncIterable<JobMessage>;
  /** Eight hex digits for the first `count` groups: the same only for the same groups in the same order. */
  checksum(count: number): string;
  /** Frees the disk space that the groups take. */
  close(): void;
}

/**
 * Opens and checks a job file.
 *
 * @param path The job file; what it names (a CSV file) is relative to its folder.
 * @throws JobFileError with every problem found, up to ten.
 */
export async function openJobFile(path: string, { source }: JobFileOptions = {}): Promise<JobFile> {
  const spool = Spool.create();
  try {
    const parts: JobFileParts = { header: {} };
    const groups = groupsOf(path, parts, source);
    const doubts = new Doubts();
    const { problems, repeated, largestBytes } = await take(groups, spool, path, doubts);
    const header = toHeader(parts.header, path);
    if (Array.isArray(header)) problems.unshift(...header);
    if (repeated.size > 0) problems.push(...equalGroups(spool, repeated));
    if (problems.length === 0 && spool.count === 0) problems.push(noGroups(parts));
    refuse(path, problems);
    const complete = header as JobFileHeader;
    refuse(path, checkMessages(spool, complete, largestBytes));
    return {
      path,
      run: complete.run,
      header: complete,
      count: spool.count,
      notes: [
        ...unknownKeys(parts.header),
        ...locationNotes(parts.header),
        ...groups.notes,
        ...doubts.notes(complete.shared_metadata),
      ],
      gaps: groups.gaps,
      locations: () => locationUse(spool, complete),
      messages: async function* ({ from = 0 } = {}) {
        for (const { job, group } of spool.groups(from)) yield toMessage(complete, group, job);
      },
      checksum: (count) => spool.checksum(count),
      close: () => {
        spool.close();
      },
    };
  } catch (thrown) {
    spool.close();
    throw thrown;
  }
}

interface Taken {
  readonly problems: Problem[];
  /** Ids that came more than once: equal groups, or (once in 10^8 files) different groups with one id. */
  readonly repeated: ReadonlySet<string>;
  /** Length of the longest group's JSON in bytes, or a little more. */
  readonly largestBytes: number;
}

/** Checks each group by itself and spools it. */
async function take(groups: GroupSource, spool: Spool, path: string, doubts: Doubts): Promise<Taken> {
  const problems: Problem[] = [];
  const ids = new IdList();
  let largest = 0;
  let number = 0;
  await groups.read((value) => {
    number += 1;
    const group = toGroup(value, number);
    if (Array.isArray(group)) {
      problems.push(...group);
      if (problems.length > MOST_PROBLEMS) refuse(path, problems);
      return;
    }
    doubts.look(group, number);
    const job = jobId(group);
    ids.add(job);
    const json = JSON.stringify(group);
    if (json.length > largest) largest = json.length;
    spool.add(job, json);
  });
  spool.flush();
  const repeated = new Set(ids.tally(MOST_PROBLEMS).repeated);
  return { problems, repeated, largestBytes: largest * 3 };
}

/** The second look: which groups are the ones whose ids came twice. */
function equalGroups(spool: Spool, repeated: ReadonlySet<string>): Problem[] {
  const met = new Map<string, { readonly place: number; readonly text: string }>();
  const problems: Problem[] = [];
  for (const { index, job, group } of spool.groups()) {
    if (!repeated.has(job)) continue;
    const first = met.get(job);
    if (first === undefined) met.set(job, { place: index + 1, text: canonical(group) });
    else problems.push(equal(first, { place: index + 1, group }));
    if (problems.length > MOST_PROBLEMS) break;
  }
  return problems;
}

function equal(first: { place: number; text: string }, second: { place: number; group: Group }): Problem {
  const places = `groups ${first.place} and ${second.place}`;
  if (first.text === canonical(second.group)) {
    return {
      what: `${places} are equal: ${excerpt(second.group)}`,
      fix: 'Remove one, or add the key that tells them apart.',
    };
  }
  return {
    what: `${places} are different but have the same job id`,
    fix: 'Put one of them into a job file of its own: this happens once in 10^8 files.',
  };
}

function noGroups({ groups, header }: JobFileParts): Problem {
  if (groups?.kind === 'list')
    return { what: 'its list of groups is empty', fix: 'Write one group for each job.' };
  return { what: 'it has no groups', fix: meantAs('groups', header) ?? SHAPE };
}

function refuse(path: string, problems: Problem[]): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw new JobFileError(path, [first, ...others]);
}
