/** What `--dry-run` tells: everything that can be known before a job is sent, or run on this machine. */
import type { JobFile, JobMessage, Scalar } from '../jobs/index.ts';
import { grouped, plural } from '../plural.ts';
import { cappedText, type InputsCheck } from './check-inputs.ts';
import type { ParameterCheck } from './check-parameters.ts';

const JOBS_SHOWN = 5;
const GAPS_SHOWN = 20;

export interface DryRun {
  readonly jobFile: JobFile;
  /** What would have been done with the jobs. */
  readonly verb: 'sent' | 'run';
  /** Undefined when there is no script yet; 'unknown' when there is one that could not be read. */
  readonly checked?: (ParameterCheck & { readonly script: string }) | 'unknown' | undefined;
  /** Undefined when inputs were not looked for. */
  readonly inputs?: InputsCheck | undefined;
  /** Jobs that are done already and would be left out; undefined when that is not known. */
  readonly done?: number | undefined;
  /** What could not be found out, and why: a sentence each. */
  readonly unknown?: readonly string[];
}

export async function describeDryRun({
  jobFile,
  verb,
  checked,
  inputs,
  done,
  unknown = [],
}: DryRun): Promise<string> {
  const sections = [
    [`${jobFile.path}: ${plural(jobFile.count, 'job')}. Records are kept under the run "${jobFile.run}".`],
    await firstJobs(jobFile),
    shared(jobFile),
    doneBefore(jobFile, done, verb),
    locations(jobFile),
    gaps(jobFile),
    inputsFound(inputs),
    [...unknown],
    list('Notes', jobFile.notes),
    ...parameters(checked),
    [`Nothing was ${verb}: this was a dry run.`],
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => `${section.join('\n')}\n`)
    .join('\n');
}

function parameters(checked: DryRun['checked']): string[][] {
  if (checked === undefined)
    return [['There is no script yet (SCRIPT_DOWNLOAD_URL): parameters were not checked.']];
  if (checked === 'unknown') return [];
  const { script, problems, notes } = checked;
  if (problems.length + notes.length === 0) return [[`The parameters fit the #@ lines of ${script}.`]];
  return [list(`Parameters that do not fit ${script}`, problems), list(`Parameters and ${script}`, notes)];
}

function doneBefore({ count }: JobFile, done: number | undefined, verb: DryRun['verb']): string[] {
  if (done === undefined || done === 0) return [];
  const left = count - done;
  return [
    `${plural(done, 'job')} of ${grouped(count)} ${done === 1 ? 'is' : 'are'} done already and would be left out: ${left === 0 ? 'none' : grouped(left)} would be ${verb}.`,
  ];
}

function inputsFound(inputs: InputsCheck | undefined): string[] {
  if (inputs === undefined || inputs.lookedFor === 0) return [];
  if (inputs.problems.length > 0) return list('Inputs that are missing', inputs.problems);
  return [
    inputs.capped ? `${cappedText(inputs)} They are there.` : 'The inputs that the jobs name are there.',
  ];
}

async function firstJobs(jobFile: JobFile): Promise<string[]> {
  const lines: string[] = [];
  for await (const job of jobFile.messages()) {
    if (lines.length === JOBS_SHOWN) break;
    lines.push(`  ${lines.length + 1}  ${spelled(job.Metadata)}  ->  ${place(job)}${patternsOf(job)}`);
  }
  const title =
    jobFile.count > JOBS_SHOWN ? `The first ${JOBS_SHOWN} of ${plural(jobFile.count, 'job')}` : 'Jobs';
  return [`${title}:`, ...lines];
}

function place({ output_file_location: location }: JobMessage): string {
  return location === '' ? '(the top of the destination)' : location;
}

function patternsOf({ inputs: patterns }: JobMessage): string {
  return patterns === undefined ? '' : `\n     inputs: ${patterns.join(', ')}`;
}

function shared({ header }: JobFile): string[] {
  const given = spelled(header.shared_metadata);
  return given === '' ? [] : ['Every job also gets:', `  ${given}`];
}

function locations(jobFile: JobFile): string[] {
  const { count } = jobFile;
  const use = jobFile.locations();
  if (use.sharing === 0) return count === 1 ? [] : ['Every job has an output location of its own.'];
  return [
    `${plural(use.count, 'output location')} for ${plural(count, 'job')}: ${grouped(use.sharing)} share theirs with others.`,
    '  That is fine as long as their files have different names: a job never overwrites what another one of the same run wrote.',
  ];
}

function gaps({ gaps: found }: JobFile): string[] {
  if (found.length === 0) return [];
  const lines = found
    .slice(0, GAPS_SHOWN)
    .map(({ where, missing }) =>
      where === '' ? `  missing everywhere: ${missing}` : `  ${where} has no ${missing}`,
    );
  const more = found.length - lines.length;
  return [
    `Gaps: what others have and these have not (${grouped(found.length)}):`,
    ...lines,
    ...(more > 0 ? [`  and ${grouped(more)} more.`] : []),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  - ${line}`)];
}

function spelled(parameters: Readonly<Record<string, Scalar>>): string {
  return Object.entries(parameters)
    .map(
      ([name, value]) => `${name}=${/^[^\s"]+$/.test(String(value)) ? String(value) : JSON.stringify(value)}`,
    )
    .join(' ');
}
