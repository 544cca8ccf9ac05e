/** A job file against the `#@` lines of the script that it is for. */
import { DistributedFijiError } from '../errors.ts';
import { readScriptParameters } from '../fiji/script-parameters.ts';
import type { JobFile } from '../jobs/index.ts';
import { checkParameters, type ParameterCheck } from './check-parameters.ts';
import type { UserScript } from './user-script.ts';

/** The jobs would fail, each for the same reason: said before time and money are spent. */
export class ParametersError extends DistributedFijiError {
  constructor(script: string, problems: readonly string[]) {
    super(`The jobs do not fit ${script}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'JOB_FILE_INVALID',
      fix: 'Mend the job file or the #@ lines of the script; --no-check goes on all the same.',
    });
  }
}

/** A macro without `#@` lines takes what it is given as text (`getArgument`): there is nothing to check. */
export async function checkAgainst(script: UserScript, jobFile: JobFile): Promise<ParameterCheck> {
  const declared = readScriptParameters(script.text);
  if (declared.length === 0 && script.source.toLowerCase().endsWith('.ijm'))
    return { problems: [], notes: [] };
  return checkParameters(declared, jobFile.messages());
}
