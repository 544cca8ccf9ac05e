/** Zod's findings in the words of this product: the option, its value, what it must be, what to write. */
import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import { ConfigInvalidError, type Problem } from './errors.ts';
import { literal } from './literal.ts';
import { knownRegions } from './regions.ts';
import { retiredOptions } from './retired.ts';
import { type OptionName, optionNames, schema } from './schema.ts';

type Input = Readonly<Record<string, unknown>>;
type Issue = z.core.$ZodIssue;

/** One problem for each option that has one, in the order of the user's file. */
export function problemsOf(issues: readonly Issue[], input: Input): Problem[] {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const wrong = new Map<string, Issue>();
  for (const issue of issues) {
    const option = issue.path[0];
    if (typeof option === 'string' && !wrong.has(option)) wrong.set(option, issue);
  }
  return Object.keys(input).flatMap((option): Problem[] => {
    const issue = wrong.get(option);
    if (issue !== undefined) return [wrongValue(option as OptionName, input[option], issue)];
    return unknown.includes(option) ? [unknownOption(option, input[option])] : [];
  });
}

function wrongValue(option: OptionName, value: unknown, issue: Issue): Problem {
  // The entry of a list, where one is to blame.
  const entry = Array.isArray(value) && typeof issue.path[1] === 'number' ? value[issue.path[1]] : undefined;
  const culprit = entry === undefined ? literal(value) : `${literal(value)} with the entry ${literal(entry)}`;
  return {
    option,
    value,
    message: `${option} is ${culprit}, but must be ${issue.message}.`,
    fix: exampleFor(option, value),
  };
}

function exampleFor(option: OptionName, value: unknown): string {
  const meant = repaired(option, value);
  if (meant !== undefined) return `write ${option}: ${literal(meant)}.`;
  if (option.endsWith('_BUCKET')) {
    return `write the bucket's own name, in lower case, such as ${option}: 'my-images'.`;
  }
  const fallback = defaultOf(option);
  if (fallback === undefined || fallback === '') return `mend it, or leave ${option} out.`;
  return `write for example ${option}: ${literal(fallback)}, which is the default.`;
}

/** Slips that can be mended by themselves; each is offered only where the option takes the result. */
const repairs: readonly ((text: string, option: OptionName) => string)[] = [
  (text) => text.trim(),
  (text, option) => (option.endsWith('_BUCKET') ? text.replace(/^s3:\/\//, '').replace(/\/.*$/, '') : text),
  (text) => ({ yes: 'true', no: 'false' })[text.toLowerCase()] ?? text,
  // A number with its unit.
  (text) => text.replace(/^(\d+(?:\.\d+)?) ?[a-zA-Z$]+$/, '$1'),
  // One address, where a range is wanted.
  (text) => `${text}/32`,
  (text) => text.toLowerCase(),
  (text, option) => (option === 'AWS_REGION' ? (nearestName(text, knownRegions) ?? text) : text),
  (text) =>
    text
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9_]+/g, '-')
      .replaceAll(/^-+|-+$/g, ''),
];

function repaired(option: OptionName, value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const offers = repairs
    .map((repair) => repair(value, option))
    .filter((offer) => offer !== '' && offer !== value);
  return offers.map((offer) => schema.shape[option].safeParse(offer)).find(({ success }) => success)?.data;
}

function unknownOption(option: string, value: unknown): Problem {
  const retired = retiredOptions[option];
  const near = nearestName(option, optionNames);
  return {
    option,
    value,
    message: `${option} is no option.`,
    fix:
      retired !== undefined
        ? `remove it: ${retired}.`
        : near === undefined
          ? 'remove it; docs/config.md lists every option.'
          : `write ${near}, if that is what you mean.`,
  };
}

/** Names of options and regions are long: two letters may be wrong in the shortest. */
export function nearestName<Name extends string>(written: string, names: readonly Name[]): Name | undefined {
  return nearest(written, names, Math.max(2, written.length / 4));
}

/** An option's own default; undefined when it has none, or one that follows from other options. */
export function defaultOf(option: OptionName): unknown {
  return schema.shape[option].safeParse(undefined).data;
}

/** Refuses what is no list of options at all. */
export function asInput(given: unknown, name?: string): Input {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Input;
  const problem: Problem = {
    option: '',
    value: given,
    message: `What it exports is ${literal(given)}, but must be options in braces.`,
    fix: "write export default defineConfig({ APP_NAME: 'MyRun' });",
  };
  throw new ConfigInvalidError([problem], name);
}
