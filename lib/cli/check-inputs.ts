/** Whether the images that jobs name are there: a typo would fail every job, one by one. */
import { DistributedFijiError } from '../errors.ts';
import { parametersOf, type JobFile, type JobMessage } from '../jobs/index.ts';
import { inputPattern } from '../worker/input-patterns.ts';
import { CLASSIC_MOUNT, inputReference, type InputReference } from '../worker/input-reference.ts';
import { grouped } from '../plural.ts';
import { checkPatterns, folderOf, nearestFile, type PatternPlace } from './check-patterns.ts';

/** Where inputs are looked for: a folder on this machine (input-folder.ts), or buckets (input-buckets.ts). */
export interface InputPlace extends PatternPlace {
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
/** Different patterns that are looked for: they share their folders' listings. */
const MOST_PATTERNS = 10_000;
/** Inputs that are not looked for when looking takes longer. */
const LONGEST_MS = 30_000;
/** Missing inputs that are named. */
const SHOWN = 5;

/** The run would be one failure after the other. */
export class InputsMissingError extends DistributedFijiError {
  /** @param told true when the problems have just been told, by a dry run */
  constructor({ problems, jobs }: InputsCheck, { root }: InputPlace, told: boolean) {
    const whose = jobs === 1 ? 'The input of the job is' : `The inputs of all ${grouped(jobs)} jobs are`;
    const which = told ? ', as told above.' : `:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
    super(`${whose} missing${which}`, {
      code: 'INPUT_INVALID',
      fix: `Mend the paths in the job file: ${CLASSIC_MOUNT} stands for ${root}. --no-check goes on all the same.`,
    });
  }
}

/** True when every job would fail: a run in which some have what they need goes on. */
export function allLackInputs({ jobs, jobsWithout }: InputsCheck): boolean {
  return jobsWithout > 0 && jobsWithout === jobs;
}

/** @throws InputsMissingError when all jobs would fail */
export function refuseInputs(
  inputs: InputsCheck | undefined,
  place: InputPlace,
  { dryRun }: { readonly dryRun: boolean },
): void {
  if (inputs !== undefined && allLackInputs(inputs)) throw new InputsMissingError(inputs, place, dryRun);
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

/** What no job will find. */
interface Missing {
  /** By value. */
  readonly inputs: ReadonlyMap<string, Named>;
  readonly patterns: ReadonlySet<string>;
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
  const patterns = new Set<string>();
  let more = false;
  for await (const job of jobFile.messages()) {
    for (const named of namedBy(job)) {
      if (wanted.has(named.value)) continue;
      if (wanted.size === place.most) more = true;
      else wanted.set(named.value, named);
    }
    for (const pattern of job.inputs ?? []) {
      if (patterns.size < MOST_PATTERNS) patterns.add(pattern);
      else more ||= !patterns.has(pattern);
    }
  }
  const until = performance.now() + LONGEST_MS;
  const named = await whichAreMissing([...wanted.values()], place, until);
  const matched = await checkPatterns(patterns, place, until);
  const missing = { inputs: named.missing, patterns: matched.unmatched };
  const lookedFor = named.lookedFor + matched.lookedFor;

  const none = missing.inputs.size + missing.patterns.size === 0;
  const jobsWith = new Map<string, number>();
  let jobs = 0;
  let jobsWithout = 0;
  for await (const job of none ? [] : jobFile.messages()) {
    jobs += 1;
    const lacks = new Set(namedBy(job).flatMap(({ value }) => (missing.inputs.has(value) ? [value] : [])));
    const vain = new Set(job.inputs?.filter((pattern) => missing.patterns.has(pattern)));
    // A worker fetches what any of the patterns matches: only when none does has it nothing.
    if (lacks.size > 0 || (vain.size > 0 && vain.size === new Set(job.inputs).size)) jobsWithout += 1;
    for (const value of [...lacks, ...vain]) jobsWith.set(value, (jobsWith.get(value) ?? 0) + 1);
  }
  const check = { jobs, jobsWithout, lookedFor, capped: more || lookedFor < wanted.size + patterns.size };
  return { ...check, problems: await problemsOf(check, missing, jobsWith, place) };
}

async function problemsOf(
  check: Omit<InputsCheck, 'problems'>,
  { inputs, patterns }: Missing,
  jobsWith: ReadonlyMap<string, number>,
  place: InputPlace,
): Promise<string[]> {
  const whose = (value: string) => whoseText(jobsWith.get(value) as number, check.jobs);
  const shown = [...inputs.values()].slice(0, SHOWN);
  const problems = await Promise.all(
    shown.map(async ({ name, value, reference }) => {
      const meant = await place.meant(reference);
      const hint = meant === undefined ? '' : ` Is "${meant}" meant?`;
      return `"${name}": there is no ${value}, ${whose(value)} (looked for ${place.describe(reference)}).${hint}`;
    }),
  );
  for (const pattern of [...patterns].slice(0, SHOWN - shown.length))
    problems.push(await patternText(pattern, whose(pattern), place));
  const more = inputs.size + patterns.size - problems.length;
  if (more > 0)
    problems.push(
      `and ${grouped(more)} more; ${grouped(check.jobsWithout)} of ${grouped(check.jobs)} jobs lack an input.`,
    );
  if (check.capped && problems.length > 0) problems.push(cappedText(check));
  return problems;
}

async function patternText(pattern: string, whose: string, place: InputPlace): Promise<string> {
  const reference = {
    bucket: undefined,
    key: folderOf(inputPattern(pattern)).replace(/\/$/, ''),
    folder: true,
  };
  const where = place.describe(reference);
  return `"inputs": no file matches ${pattern}, ${whose} (looked in ${where}).${await patternHint(pattern, reference, place)}`;
}

async function patternHint(pattern: string, folder: InputReference, place: InputPlace): Promise<string> {
  const key = inputReference(pattern, { mountPath: CLASSIC_MOUNT, bucket: place.bucket })?.key;
  const fromTop = key ?? (pattern.startsWith('/') ? pattern.replace(/^\/+/, '') : undefined);
  if (fromTop !== undefined) return ` Patterns begin at the top of ${place.root}: write "${fromTop}".`;
  const near = await nearestFile(pattern, place);
  if (near !== undefined) return ` There is ${near}.`;
  const meant = folder.key === '' ? undefined : await place.meant(folder);
  return meant === undefined ? '' : ` Is "${meant}" meant?`;
}

export function cappedText({ lookedFor }: Pick<InputsCheck, 'lookedFor'>): string {
  return `Only the first ${grouped(lookedFor)} different inputs were looked for.`;
}

async function whichAreMissing(
  wanted: readonly Named[],
  place: InputPlace,
  until: number,
): Promise<{ readonly missing: Map<string, Named>; readonly lookedFor: number }> {
  const missing = new Map<string, Named>();
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
