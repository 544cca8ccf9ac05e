/** A user's options -> a config that holds together, or every problem at once. */
import { brokenRules } from './checks.ts';
import { type Config, fillIn } from './derive.ts';
import { ConfigInvalidError } from './errors.ts';
import { asInput, problemsOf } from './problems.ts';
import { type ConfigInput, schema } from './schema.ts';

/** Gives config.ts its types; checks nothing, so that all mistakes are reported together later. */
export function defineConfig(input: ConfigInput): ConfigInput {
  return input;
}

/**
 * @param name of the config's file, for messages.
 * @throws {ConfigInvalidError} with every problem, each with its option, value and fix.
 */
export function parseConfig(given: unknown, name?: string): Config {
  const input = asInput(given, name);
  const parsed = schema.safeParse(input);
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues, input);
  // Options that are wrong in themselves are put aside, so that what the others say together is checked all the same.
  const wrong = new Set(problems.map(({ option }) => option));
  const rest = Object.fromEntries(Object.entries(input).filter(([option]) => !wrong.has(option)));
  const config = fillIn(parsed.success ? parsed.data : schema.parse(rest));
  const all = [...problems, ...brokenRules(config, wrong)];
  if (all.length > 0) throw new ConfigInvalidError(all, name);
  return config;
}
