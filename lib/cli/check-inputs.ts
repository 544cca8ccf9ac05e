/** Whether the images that jobs name are there: a typo would fail every job, one by one. */
import { DistributedFijiError } from '../errors.ts';
import { parametersOf, type JobFile, type JobMessage } from '../jobs/index.ts';
import { CLASSIC_MOUNT, inputReference, type InputReference } from '../worker/input-reference.ts';
import { grouped } from '../plural.ts';

/** Where inputs are looked for: a folder on this machine (input-folder.ts), or buckets (input-buckets.ts). */
export interface InputPlace {
  /** What the mount is in the job file, for people: `/home/me/plate (--input)`. */
  readonly root: string;
  /** What `s3://` values may call the source. */
  readonly bucket: string;
  /** Different inputs that are looked for: seconds, not minutes. */
  readonly most: number;
  /** False for what is elsewhere: the worker asks for it. */
  holds(reference: InputReference): boolean;
  /** As the worker judges it. */
  exists(reference: InputReference): Promise<boolean>;
  /** What a person can open. */
  describe(reference: InputReference): string;
  /** What is there and spelled nearly so. */
  meant(reference: InputReference): Promise<string | undefined>;
}

const AT_ONCE = 32;
/** Inputs that are not looked for when looking takes longer. */
const LONGEST_MS = 30_000;
/** Missing inputs that are named. */
const SHOWN = 5;

/** The run would be one failure after the other. */
export class InputsMissingError extends DistributedFijiError {
  constructor({ problems, jobs }: InputsCheck, { root }: InputPlace) {
    const whose = jobs === 1 ? 'The input of the job is' : `The inputs of all ${grouped(jobs)} jobs are`;
    super(`${whose} missing:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'INPUT_INVALID',
      fix: `Mend the paths in the job file: ${CLASSIC_MOUNT} stands for ${root}. --no-check goes on all the same.`,
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

/** @throws StoreError when a bucket cannot be asked */
export async function checkInputs(
  jobFile: Pick<JobFile, 'messages'>,
  place: InputPlace,
): Promise<InputsCheck> {
  const namedBy = (job: JobMessage): Named[] =>
    Object.entries(parametersOf(job)).flatMap(([name, value]) => {
      const reference = inputReference(value, { mountPath: CLASSIC_MOUNT, bucket: place.bucket });
      return reference === undefined || !place.holds(reference)
        ? []
        : [{ name, value: String(value), reference }];
    });

  const wanted = new Map<string, Named>();
  let more = false;
  for await (const job of jobFile.messages()) {
    for (const named of namedBy(job)) {
      if (wanted.has(named.value)) continue;
      if (wanted.size === place.most) more = true;
      else wanted.set(named.value, named);
    }
  }
  const { missing, lookedFor } = await whichAreMissing([...wanted.values()], place);

  const jobsWith = new Map<string, number>([...missing.keys()].map((value) => [value, 0]));
  let jobs = 0;
  let jobsWithout = 0;
  for await (const job of missing.size === 0 ? [] : jobFile.messages()) {
    jobs += 1;
    const lacks = new Set(namedBy(job).flatMap(({ value }) => (missing.has(value) ? [value] : [])));
    if (lacks.size > 0) jobsWithout += 1;
    for (const value of lacks) jobsWith.set(value, (jobsWith.get(value) as number) + 1);
  }
  const check = { jobs, jobsWithout, lookedFor, capped: more || lookedFor < wanted.size };
  return { ...check, problems: await problemsOf(check, missing, jobsWith, place) };
}

async function problemsOf(
  check: Omit<InputsCheck, 'problems'>,
  missing: ReadonlyMap<string, Named>,
  jobsWith: ReadonlyMap<string, number>,
  place: InputPlace,
): Promise<string[]> {
  const shown = [...missing.values()].slice(0, SHOWN);
  const problems = await Promise.all(
    shown.map(async ({ name, value, reference }) => {
      const whose = whoseText(jobsWith.get(value) as number, check.jobs);
      const meant = await place.meant(reference);
      const hint = meant === undefined ? '' : ` Is "${meant}" meant?`;
      return `"${name}": there is no ${value}, ${whose} (looked for ${place.describe(reference)}).${hint}`;
    }),
  );
  const more = missing.size - shown.length;
  if (more > 0)
    problems.push(
      `and ${grouped(more)} more; ${grouped(check.jobsWithout)} of ${grouped(check.jobs)} jobs lack an input.`,
    );
  if (check.capped && missing.size > 0) problems.push(cappedText(check));
  return problems;
}

export function cappedText({ lookedFor }: Pick<InputsCheck, 'lookedFor'>): string {
  return `Only the first ${grouped(lookedFor)} different inputs were looked for.`;
}

async function whichAreMissing(
  wanted: readonly Named[],
  place: InputPlace,
): Promise<{ readonly missing: Map<string, Named>; readonly lookedFor: number }> {
  const missing = new Map<string, Named>();
  const until = performance.now() + LONGEST_MS;
  let lookedFor = 0;
  while (lookedFor < wanted.length && (lookedFor === 0 || performance.now() < until)) {
    const some = wanted.slice(lookedFor, lookedFor + AT_ONCE);
    const there = await Promise.all(some.map(({ reference }) => place.exists(reference)));
    for (const [index, named] of some.entries()) if (there[index] === false) missing.set(named.value, named);
    lookedFor += some.length;
  }
  return { missing, lookedFor };
}

function whoseText(count: number, jobs: number): string {
  if (count === jobs) return jobs === 1 ? 'which the job names' : `which all ${grouped(jobs)} jobs name`;
  return count === 1 ? 'which 1 job names' : `which ${grouped(count)} jobs name`;
}
