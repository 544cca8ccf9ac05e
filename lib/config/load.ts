/** Reads config.ts by Node's own type stripping: no compiler, no build. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { Config } from './derive.ts';
import { ConfigMissingError, ConfigUnreadableError } from './errors.ts';
import { parseConfig } from './parse.ts';

/**
 * @param path of the config, relative to the folder the user is in; `config.ts` there by default.
 * @throws {ConfigMissingError} when there is no such file, or it exports no config.
 * @throws {ConfigUnreadableError} when it is not TypeScript.
 * @throws {ConfigInvalidError} with every problem in it.
 */
export async function loadConfig(path = 'config.ts'): Promise<Config> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigMissingError(
      `There is no config at ${file}.`,
      'go to the folder that holds config.ts, name one with --config, or make one from an old config.py with `npm run import-config -- config.py`.',
    );
  }
  const given = await importDefault(file);
  if (given === undefined) {
    throw new ConfigMissingError(
      `${basename(file)} exports no config (${file}).`,
      'write `export default defineConfig({ ... });` in it, as in examples/configs/small.ts.',
    );
  }
  return parseConfig(given, path);
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    if (error instanceof DistributedFijiError) throw error;
    const where = placeIn(file, error);
    throw new ConfigUnreadableError(
      `${basename(file)} cannot be read${where}: ${firstLine(messageOf(error))} (${file}).`,
      'look at that line: a comma after each option, quotes around text, braces and brackets in pairs.',
      error,
    );
  }
}

/** Line and, where Node shows it, the line's text: it puts `file:line`, the text and a marker atop the stack. */
function placeIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const lines = stack.split('\n');
  const at = lines.findIndex((line) => line.includes(basename(file)) && /:\d+/.test(line));
  const number = at < 0 ? undefined : /:(\d+)(?::\d+)?\)?\s*$/.exec(lines[at] as string)?.[1];
  return number === undefined ? '' : ` at line ${number}`;
}

function firstLine(message: string): string {
  return (message.trim().split('\n')[0] ?? '').replace(/\.$/, '');
}
