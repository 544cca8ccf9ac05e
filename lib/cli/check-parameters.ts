/** What the jobs give against what the script asks for, before anything runs. Fiji's own check stays the one that decides. */
import { nearestName } from '../config/index.ts';
import { isImage, mustBeGiven, type ScriptParameter } from '../fiji/script-parameters.ts';
import { parametersOf, type JobMessage, type Scalar } from '../jobs/index.ts';
import { grouped } from '../plural.ts';
import { ownPath, type PathRules } from './check-paths.ts';

export interface ParameterCheck {
  /** What would make jobs fail, one sentence each. */
  readonly problems: readonly string[];
  /** What is odd and may be meant, one sentence each. */
  readonly notes: readonly string[];
}

/** How often something was found, and where first. */
interface Place {
  jobs: number;
  readonly first: number;
}

interface Finding extends Place {
  /** The values that do not fit, as JSON, each with its place: the first few. */
  readonly values: Map<string, Place>;
  readonly text: (where: string) => string;
}

/** Wrong values of one parameter that are told. */
const VALUES_SHOWN = 3;

/**
 * @param declared The script's `#@` inputs.
 * @param jobs All of them: a value that does not fit may be in any.
 * @param paths What is asked of paths where the jobs will run.
 */
export async function checkParameters(
  declared: readonly ScriptParameter[],
  jobs: AsyncIterable<JobMessage>,
  paths: PathRules,
): Promise<ParameterCheck> {
  const problems = new Map<string, Finding>();
  const notes = new Map<string, Finding>();
  const names = declared.map(({ name }) => name);
  let count = 0;
  for await (const job of jobs) {
    count += 1;
    const find = (where: Map<string, Finding>, key: string, text: Finding['text'], value?: Scalar) => {
      const finding = where.get(key) ?? { jobs: 0, first: count, values: new Map<string, Place>(), text };
      where.set(key, finding);
      finding.jobs += 1;
      if (value === undefined) return;
      const spelled = JSON.stringify(value);
      const place = finding.values.get(spelled);
      if (place !== undefined) place.jobs += 1;
      else if (finding.values.size < VALUES_SHOWN) finding.values.set(spelled, { jobs: 1, first: count });
    };
    const given = parametersOf(job);
    for (const parameter of declared) {
      const { name, type } = parameter;
      const value = given[name];
      if (isImage(parameter) && (value !== undefined || mustBeGiven(parameter))) {
        find(problems, `image ${name}`, () => imageSentence(parameter));
        continue;
      }
      if (value === undefined) {
        if (mustBeGiven(parameter)) {
          const spare = Object.keys(given).filter((one) => !names.includes(one));
          const hint = hintOf(nearestName(name, spare));
          find(
            problems,
            `missing ${name}`,
            (where) => `The script needs "${name}" (${type}), which is missing in ${where}.${hint}`,
          );
        }
        continue;
      }
      const path = ownPath(parameter, value);
      const wanted = path === undefined ? misfit(parameter, value) : paths.misfit(path);
      const remark = path === undefined || wanted !== undefined ? undefined : paths.remark(path);
      if (remark !== undefined) find(notes, `path ${name}`, () => `"${name}" ${remark}.`);
      if (wanted === undefined) continue;
      find(
        problems,
        `misfit ${name} ${wanted}`,
        (where) => `"${name}" must be ${wanted}; it is ${where}.`,
        value,
      );
    }
    for (const name of Object.keys(given)) {
      if (names.includes(name)) continue;
      const hint = hintOf(nearestName(name, names));
      find(notes, name, () => `The script has no #@ line for "${name}", so it does not get it.${hint}`);
    }
  }
  return { problems: told(problems, count), notes: told(notes, count) };
}

function hintOf(meant: string | undefined): string {
  return meant === undefined ? '' : ` Is "${meant}" meant?`;
}

function told(findings: ReadonlyMap<string, Finding>, count: number): string[] {
  return [...findings.values()].map(({ values, text, ...place }) => {
    if (values.size === 0) return text(whose(place, count));
    const told = [...values].map(([value, where]) => `${value} in ${whose(where, count)}`);
    const others = [...values.values()].reduce((left, { jobs }) => left - jobs, place.jobs);
    if (others > 0) told.push(`something else in ${grouped(others)} more`);
    return text(told.length === 1 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`);
  });
}

function whose({ jobs, first }: Place, count: number): string {
  if (jobs === count) return count === 1 ? 'the job' : `all ${grouped(count)} jobs`;
  return jobs === 1 ? `job ${first}` : `${grouped(jobs)} jobs (${first} is the first)`;
}

/** As docs/scripts.md has it: the same in every job. */
function imageSentence({ name, type }: ScriptParameter): string {
  return `"${name}" is an image (${type}), which no job can give, as none is open when a job starts. Declare the file (#@ File ${name}) and open it: IJ.openImage(${name}.path).`;
}

/** What the value should be; undefined when it fits, or when only Fiji can say. */
function misfit({ type, choices, min, max }: ScriptParameter, value: Scalar): string | undefined {
  const text = String(value).trim();
  if (choices !== undefined && choices.length > 0) {
    return choices.includes(String(value)) ? undefined : `one of ${choices.join(', ')}`;
  }
  const simple = type.slice(type.lastIndexOf('.') + 1).toLowerCase();
  if (simple === 'boolean') return /^(true|false)$/i.test(text) ? undefined : 'true or false';
  const whole = ['byte', 'short', 'int', 'integer', 'long', 'biginteger'].includes(simple);
  if (!whole && !['float', 'double', 'number', 'bigdecimal'].includes(simple)) return undefined;
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || (whole && !Number.isInteger(number))) {
    return whole ? 'a whole number' : 'a number';
  }
  if (min !== undefined && number < min) return `at least ${min}`;
  return max !== undefined && number > max ? `at most ${max}` : undefined;
}
