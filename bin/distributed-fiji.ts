/**
 * The command line's entry: the only place that sets exit codes and shows errors.
 * 0 all well; 1 the command failed; 2 it was called wrongly.
 */
import { CommanderError } from 'commander';
import { program } from '../lib/cli/program.ts';
import { DistributedFijiError } from '../lib/errors.ts';

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has already said it; --help and --version come this way too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof DistributedFijiError) {
    const fix = error.fix === undefined ? '' : `\nFix: ${error.fix}`;
    process.stderr.write(`\n${error.message}${fix}\n[${error.code}]\n`);
    return error.code === 'USAGE' ? 2 : 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `\nSomething went wrong that Distributed-Fiji does not know, and that is its own fault:\n\n${stack}\n\n` +
      'Please report it, with the text above and what you did, at the address under "bugs" in package.json.\n',
  );
  return 1;
}
