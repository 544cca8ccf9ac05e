/** What is allowed in a config and yet worth a word, before anything is done with it. */
import { warningsFor, type Config } from '../config/index.ts';

export function tellWarnings(config: Config): void {
  for (const { message, fix } of warningsFor(config)) process.stderr.write(`Note: ${message} Fix: ${fix}\n`);
}
