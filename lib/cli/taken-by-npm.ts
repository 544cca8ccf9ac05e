/**
 * Options that npm took for its own: without ` -- ` before them, `npm run local job.json --dry-run` reaches us as
 * `local job.json`, and would do what it was only to show. What npm took it leaves in the environment, as npm_config_*.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { DistributedFijiError } from '../errors.ts';
import { quoted } from './command-line.ts';

type Env = Readonly<Record<string, string | undefined>>;

export class TakenByNpmError extends DistributedFijiError {
  constructor(taken: readonly string[], command: string) {
    const [it, them] = taken.length === 1 ? ['it', 'it'] : ['they', 'them'];
    super(`npm took ${taken.join(', ')} for itself, and ${it} never arrived here. Nothing was started.`, {
      code: 'USAGE',
      fix: `Put -- before ${them}: ${command}`,
    });
  }
}

/** Short options that npm has too, and what it makes of them. Of others a value or an error of npm's is left over. */
const SHORT: Readonly<Record<string, { readonly key: string; readonly is: (value: string) => boolean }>> = {
  '-n': { key: 'yes', is: (value) => value === '' },
  '-c': { key: 'call', is: (value) => value !== '' },
};

interface Taken {
  /** As it was written, nearly. */
  readonly flag: string;
  readonly option: Option;
  /** Undefined when npm parted it from the option: it is among our arguments then, nobody knows where. */
  readonly value: string | undefined;
}

/** The tests run under npm too, and so may a script that starts us: `npm run local` alone is called as we think. */
export function isCalledByNpm(command: string, env: Env = process.env): boolean {
  return env.npm_lifecycle_event === command;
}

/**
 * @param args all that did arrive, the command's name included
 * @throws TakenByNpmError
 */
export function refuseTakenByNpm(command: Command, args: readonly string[], env: Env = process.env): void {
  if (!isCalledByNpm(command.name(), env)) return;
  const options = [...command.options, ...(command.parent?.options ?? [])];
  const taken = options.flatMap((option) => takenOf(option, args, env));
  if (taken.length === 0) return;
  throw new TakenByNpmError(
    taken.map(({ flag }) => flag),
    rightCommand(command, args, taken),
  );
}

function takenOf(option: Option, args: readonly string[], env: Env): Taken[] {
  const { long = '', short = '' } = option;
  if (args.some((arg) => [long, short].includes(arg) || arg.startsWith(`${long}=`))) return [];
  const key = long.replace(/^--(no-)?/, '');
  const value = valueIn(env, key);
  if (value !== undefined && (value === '') === option.negate && value !== 'false') {
    const known = option.required && value !== 'true';
    return [{ flag: long, option, value: known ? value : undefined }];
  }
  const twin = SHORT[short];
  const given = twin && valueIn(env, twin.key);
  if (twin === undefined || given === undefined || !twin.is(given)) return [];
  return [{ flag: short, option, value: option.required ? given : undefined }];
}

/** Undefined too for what npm was told for good, in a file of its settings. */
function valueIn(env: Env, key: string): string | undefined {
  const value = env[`npm_config_${key.replaceAll('-', '_')}`];
  return value === undefined || settingsOf(env).some((text) => setsKey(text, key)) ? undefined : value;
}

function settingsOf(env: Env): string[] {
  const project = env.npm_config_local_prefix;
  return [
    env.npm_config_userconfig,
    env.npm_config_globalconfig,
    project === undefined ? undefined : join(project, '.npmrc'),
  ].flatMap((path) => {
    try {
      return path === undefined ? [] : [readFileSync(path, 'utf8')];
    } catch {
      return [];
    }
  });
}

function setsKey(settings: string, key: string): boolean {
  return settings.split(/\r?\n/).some((line) => line.split('=')[0]?.trim() === key);
}

/** The very words where they are all known; else what has to be filled in. */
function rightCommand(command: Command, args: readonly string[], taken: readonly Taken[]): string {
  const complete = taken.every(({ option, value }) => !option.required || value !== undefined);
  const given = complete
    ? args.slice(args.indexOf(command.name()) + 1).map(quoted)
    : command.registeredArguments.map((argument) => `<${argument.name()}>`);
  const words = taken.map(({ flag, option, value }) => {
    if (!option.required) return flag;
    return `${flag} ${value === undefined ? (/<.*>/.exec(option.flags)?.[0] ?? '') : quoted(value)}`;
  });
  return ['npm run', command.name(), '--', ...given, ...words].join(' ');
}
