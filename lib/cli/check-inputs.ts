/** Whether the images that jobs name are there, in a folder on this machine: a typo would fail every job, one by one. */
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';
import { parametersOf, type JobFile, type JobMessage } from '../jobs/index.ts';
import { CLASSIC_MOUNT, inputReference, type InputReference } from '../worker/input-reference.ts';

/** Different inputs that are looked for: seconds at most, on a slow network drive too. */
const MOST_LOOKED_FOR = 10_000;
const AT_ONCE = 32;
/** Missing inputs that are named. */
const SHOWN = 5;
/** Names read of a folder to find what may have been meant. */
const NAMES_READ = 5000;

/** The run would be one failure after the other. */
export class InputsMissingError extends DistributedFijiError {
  constructor({ problems, jobs }: InputsCheck, folder: string) {
    const whose = jobs === 1 ? 'The input of the job is' : `The inputs of all ${spelled(jobs)} jobs are`;
    super(`${whose} missing:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'INPUT_INVALID',
      fix: `Mend the paths in the job file: ${CLASSIC_MOUNT} stands for ${folder} (--input). --no-check goes on all the same.`,
    });
  }
}

export interface InputsCheck {
  /** What is missing, one sentence each; then what more there is to say. Empty when nothing is. */
  readonly problems: readonly string[];
  readonly jobs: number;
  /** Jobs that name at least one input that is missing. */
  readonly jobsWithout: number;
  /** Different inputs that were looked for. */
  readonly lookedFor: number;
  /** True when there were more than are looked for: of those nothing is known. */
  readonly capped: boolean;
}

/** A parameter's value that names an input. */
interface Named {
  readonly name: string;
  readonly value: string;
  readonly reference: InputReference;
}

/**
 * @param folder absolute; what the mount is in the job file
 * @param bucket what `s3://` paths may call the same folder
 */
export async function checkInputs(
  jobFile: Pick<JobFile, 'messages'>,
  folder: string,
  bucket: string,
): Promise<InputsCheck> {
  const namedBy = (job: JobMessage): Named[] =>
    Object.entries(parametersOf(job)).flatMap(([name, value]) => {
      const reference = inputReference(value, { mountPath: CLASSIC_MOUNT, bucket });
      // Another bucket is not on this machine: the worker asks for it.
      return reference === undefined || reference.bucket !== undefined
        ? []
        : [{ name, value: String(value), reference }];
    });

  const wanted = new Map<string, Named>();
  let capped = false;
  for await (const job of jobFile.messages()) {
    for (const named of namedBy(job)) {
      if (wanted.has(named.value)) continue;
      if (wanted.size === MOST_LOOKED_FOR) capped = true;
      else wanted.set(named.value, named);
    }
  }
  const missing = await whichAreMissing([...wanted.values()], folder);

  const jobsWith = new Map<string, number>([...missing.keys()].map((value) => [value, 0]));
  let jobs = 0;
  let jobsWithout = 0;
  for await (const job of missing.size === 0 ? [] : jobFile.messages()) {
    jobs += 1;
    const lacks = new Set(namedBy(job).flatMap(({ value }) => (missing.has(value) ? [value] : [])));
    if (lacks.size > 0) jobsWithout += 1;
    for (const value of lacks) jobsWith.set(value, (jobsWith.get(value) as number) + 1);
  }
  const shown = [...missing.values()].slice(0, SHOWN);
  const problems = await Promise.all(
    shown.map(async ({ name, value, reference }) => {
      const path = join(folder, reference.key);
      const whose = whoseText(jobsWith.get(value) as number, jobs);
      return `"${name}": there is no ${value}, ${whose} (looked for ${path}).${await hint(path)}`;
    }),
  );
  const more = missing.size - shown.length;
  if (more > 0)
    problems.push(
      `and ${spelled(more)} more; ${spelled(jobsWithout)} of ${spelled(jobs)} jobs lack an input.`,
    );
  if (capped && missing.size > 0) problems.push(cappedText());
  return { problems, jobs, jobsWithout, lookedFor: wanted.size, capped };
}

export function cappedText(): string {
  return `Only the first ${spelled(MOST_LOOKED_FOR)} different inputs were looked for.`;
}

async function whichAreMissing(wanted: readonly Named[], folder: string): Promise<Map<string, Named>> {
  const missing = new Map<string, Named>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const some = wanted.slice(from, from + AT_ONCE);
    const there = await Promise.all(some.map(({ reference }) => exists(folder, reference)));
    for (const [index, named] of some.entries()) if (there[index] === false) missing.set(named.value, named);
  }
  return missing;
}

/** As the worker judges it. What cannot be looked at (permissions) is left to the worker, which says why. */
async function exists(root: string, { key, folder }: InputReference): Promise<boolean> {
  try {
    const found = await stat(join(root, key));
    return !folder || found.isDirectory();
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** What is there and spelled nearly so. */
async function hint(path: string): Promise<string> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(dirname(path))) if (names.push(name) === NAMES_READ) break;
  } catch {
    const parent = dirname(path);
    return parent === path ? '' : hint(parent);
  }
  const meant = nearest(basename(path), names);
  return meant === undefined || meant === basename(path) ? '' : ` Is "${meant}" meant?`;
}

function whoseText(count: number, jobs: number): string {
  if (count === jobs) return jobs === 1 ? 'which the job names' : `which all ${spelled(jobs)} jobs name`;
  return count === 1 ? 'which 1 job names' : `which ${spelled(count)} jobs name`;
}

function spelled(count: number): string {
  return count.toLocaleString('en-US');
}
