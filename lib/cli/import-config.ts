/** `import-config`: an old config.py into config.ts. The Python is read, never run. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { ConfigInvalidError, parseConfig } from '../config/index.ts';
import { type ImportedConfig, importPythonConfig, type Note } from '../config/import/index.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import { isShippedConfig } from './shipped-config.ts';
import { tellWarnings } from './tell-warnings.ts';
import { userPath } from './user-path.ts';

export class ConfigImportError extends DistributedFijiError {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { code: 'INPUT_INVALID', fix, cause });
  }
}

interface Flags {
  readonly output: string;
  readonly force: boolean;
}

export function register(command: Command): void {
  command
    .argument('<config.py>', 'the old config')
    .option('-o, --output <file>', 'where the new one goes', 'config.ts')
    .option(
      '-f, --force',
      'overwrite the file if it exists (the config.ts that came with the project needs no --force)',
      false,
    )
    .action(async (source: string, flags: Flags) => {
      const imported = importPythonConfig(await read(source), libraryFrom(userPath(flags.output)));
      if (Object.keys(imported.options).length === 0) {
        throw new ConfigImportError(
          `${source} has no option that could be used.`,
          "give the config.py of a run: lines such as APP_NAME = 'MyRun'.",
        );
      }
      await write(flags, imported.text);
      process.stdout.write(reportOf(source, flags.output, imported));
      if (imported.problems.length > 0) throw new ConfigInvalidError(imported.problems, flags.output);
      tellWarnings(parseConfig(imported.options));
    });
}

async function read(source: string): Promise<string> {
  try {
    return await readFile(userPath(source), 'utf8');
  } catch (error) {
    throw new ConfigImportError(
      isMissing(error) ? `There is no file ${source}.` : `${source} cannot be read: ${messageOf(error)}`,
      'give the path of the old config.py.',
      error,
    );
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function write({ output, force }: Flags, text: string): Promise<void> {
  try {
    const mayReplace = force || isShippedConfig(await readFile(userPath(output), 'utf8').catch(() => ''));
    await writeFile(userPath(output), text, { flag: mayReplace ? 'w' : 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new ConfigImportError(
      exists ? `${output} exists, and is left as it is.` : `${output} cannot be written: ${messageOf(error)}`,
      exists
        ? 'add --force to replace it, or --output FILE to write elsewhere.'
        : 'give a file in a folder that exists and is yours with --output.',
      error,
    );
  }
}

/** How a file at `output`, an absolute path, imports lib/config. */
function libraryFrom(output: string): string {
  const library = fileURLToPath(new URL('../config/index.ts', import.meta.url));
  const path = relative(dirname(output), library).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

function reportOf(source: string, output: string, { options, notes }: ImportedConfig): string {
  const count = Object.keys(options).length;
  const lines = [...notes].sort((a, b) => a.line - b.line).map(lineOf);
  return [`${source} -> ${output}: ${String(count)} options.`, ...lines, ''].join('\n');
}

function lineOf({ line, change, text }: Note): string {
  return `  line ${String(line).padStart(3)}  ${change.padEnd(8)}  ${text}`;
}
