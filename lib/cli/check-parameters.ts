/** What the jobs give against what the script asks for, before anything runs. Fiji's own check stays the one that decides. */
import { nearest } from '../config/index.ts';
import { mustBeGiven, type ScriptParameter } from '../fiji/script-parameters.ts';
import { parametersOf, type JobMessage, type Scalar } from '../jobs/index.ts';

export interface ParameterCheck {
  /** What would make jobs fail, one sentence each. */
  readonly problems: readonly string[];
  /** What is odd and may be meant, one sentence each. */
  readonly notes: readonly string[];
}

/** How often something was found, and where first. */
interface Finding {
  jobs: number;
  readonly first: number;
  readonly text: (where: string) => string;
}

/**
 * @param declared The script's `#@` inputs.
 * @param jobs All of them: a value that does not fit may be in any.
 */
export async function checkParameters(
  declared: readonly ScriptParameter[],
  jobs: AsyncIterable<JobMessage>,
): Promise<ParameterCheck> {
  const problems = new Map<string, Finding>();
  const notes = new Map<string, Finding>();
  const names = declared.map(({ name }) => name);
  let count = 0;
  for await (const job of jobs) {
    count += 1;
    const find = (where: Map<string, Finding>, key: string, text: Finding['text']) => {
      const known = where.get(key);
      if (known === undefined) where.set(key, { jobs: 1, first: count, text });
      else known.jobs += 1;
    };
    const given = parametersOf(job);
    for (const parameter of declared) {
      const { name, type } = parameter;
      const value = given[name];
      if (value === undefined) {
        if (mustBeGiven(parameter)) {
          find(
            problems,
            `missing ${name}`,
            (where) => `The script needs "${name}" (${type}), which is missing in ${where}.`,
          );
        }
        continue;
      }
      const wanted = misfit(parameter, value);
      if (wanted === undefined) continue;
      find(
        problems,
        `misfit ${name}`,
        (where) => `"${name}" must be ${wanted}; it is ${JSON.stringify(value)} in ${where}.`,
      );
    }
    for (const name of Object.keys(given)) {
      if (names.includes(name)) continue;
      const meant = nearest(name, names);
      const hint = meant === undefined ? '' : ` Is "${meant}" meant?`;
      find(notes, name, () => `The script has no #@ line for "${name}", so it does not get it.${hint}`);
    }
  }
  return { problems: told(problems, count), notes: told(notes, count) };
}

function told(findings: ReadonlyMap<string, Finding>, count: number): string[] {
  return [...findings.values()].map(({ jobs, first, text }) => text(whose(jobs, first, count)));
}

function whose(jobs: number, first: number, count: number): string {
  if (jobs === count) return count === 1 ? 'the job' : `all ${count.toLocaleString('en-US')} jobs`;
  return jobs === 1 ? `job ${first}` : `${jobs.toLocaleString('en-US')} jobs (${first} is the first)`;
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
