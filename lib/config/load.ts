/** Reads config.ts by Node's own type stripping: no compiler, no build. */
import { readFileSync, statSync } from 'node:fs';
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
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new ConfigMissingError(
      `There is no config at ${file}.`,
      'go to the folder that holds config.ts, name one with --config, or make one from an old config.py with `npm run import-config -- config.py`.',
    );
  }
  if (file.endsWith('.py')) {
    throw new ConfigMissingError(
      `${file} is a config of the Python Distributed-Fiji.`,
      `make a config.ts of it with \`npm run import-config -- ${path}\`.`,
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
    throw new ConfigUnreadableError(
      `${basename(file)} cannot be read${placeIn(file, error)}: ${firstLine(messageOf(error))} (${file}).`,
      fixFor(error),
      error,
    );
  }
}

/** Line and its text: Node puts `file:line` atop the stack of what it cannot read. */
function placeIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const at = stack.find((line) => line.includes(basename(file)) && /:\d+(:\d+)?\)?\s*$/.test(line));
  const number = Number(/:(\d+)(?::\d+)?\)?\s*$/.exec(at ?? '')?.[1]);
  if (Number.isNaN(number)) return '';
  const text = readFileSync(file, 'utf8').split('\n')[number - 1]?.trim() ?? '';
  return ` at line ${String(number)}${text === '' ? '' : ` ("${text}")`}`;
}

function fixFor(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
    return "import defineConfig from where lib/config/index.ts is, seen from the config's own folder.";
  }
  if (error instanceof ReferenceError)
    return 'write values only: text in quotes, numbers, true, false and lists.';
  return 'look at that line and the one above it: a comma after each option, quotes around text, braces and brackets in pairs.';
}

function firstLine(message: string): string {
  return (message.trim().split('\n')[0] ?? '').replace(/\.$/, '');
}
