/**
 * The command line's entry: the only place that sets exit codes and shows errors.
 * 0 all well; 1 the command failed; 2 it was called wrongly.
 */
import { CommanderError } from 'commander';
import { program } from '../lib/cli/program.ts';
import { DistributedFijiError } from '../lib/errors.ts';

// `npm run ... | head` closes our output early: nobody is left to write to, and nothing went wrong.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// What is thrown outside of the command's own promise ends the process all the same, in the same words.
process.on('uncaughtException', (error) => {
  process.exit(report(error));
});

try {
  const args = process.argv.slice(2);
  await (await program(args)).parseAsync(args, { from: 'user' });
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
      'Please report it as an issue of the project, with the text above and the command that you gave.\n',
  );
  return 1;
}
