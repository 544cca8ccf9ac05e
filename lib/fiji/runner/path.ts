/** Where the Groovy runner's files are: beside the sources, and beside the worker's bundle. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DistributedFijiError } from '../../errors.ts';

/** Name of the folder that a bundle must have beside it: a copy of the `.groovy` files of lib/fiji/runner. */
export const RUNNER_FOLDER = 'runner';

/** Absolute path of the folder that holds runner.groovy. */
export function runnerFolder(here: string = import.meta.dirname): string {
  for (const folder of [here, join(here, RUNNER_FOLDER)]) {
    if (existsSync(join(folder, 'runner.groovy'))) return folder;
  }
  throw new DistributedFijiError(
    `The runner for Fiji is missing: neither ${here} nor its folder ${RUNNER_FOLDER} holds runner.groovy.`,
    {
      code: 'FIJI_FAILED',
      fault: 'product',
      fix: `Copy lib/fiji/runner beside the bundled worker as ${RUNNER_FOLDER}/.`,
    },
  );
}
