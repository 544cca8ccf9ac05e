/** A job file against the `#@` lines of the script that it is for. */
import { DistributedFijiError } from '../errors.ts';
import { readScriptParameters } from '../fiji/script-parameters.ts';
import type { JobFile } from '../jobs/index.ts';
import { checkParameters, type ParameterCheck } from './check-parameters.ts';
import type { PathRules } from './check-paths.ts';
import type { UserScript } from './user-script.ts';

/** The jobs would fail, each for the same reason: said before time and money are spent. */
export class ParametersError extends DistributedFijiError {
  /** @param told true when the problems have just been told, by a dry run */
  constructor(script: string, problems: readonly string[], told: boolean) {
    const what = told ? ', as told above.' : `:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
    super(`The jobs do not fit ${script}${what}`, {
      code: 'JOB_FILE_INVALID',
      fix: 'Mend the job file or the #@ lines of the script; --no-check goes on all the same.',
    });
  }
}

/** @throws ParametersError when jobs would fail */
export function refuseParameters(
  checked: (ParameterCheck & { readonly script: string }) | undefined,
  { dryRun }: { readonly dryRun: boolean },
): void {
  if (checked !== undefined && checked.problems.length > 0)
    throw new ParametersError(checked.script, checked.problems, dryRun);
}

/** A macro without `#@` lines takes what it is given as text (`getArgument`): there is nothing to check. */
export async function checkAgainst(
  script: UserScript,
  jobFile: JobFile,
  paths: PathRules,
): Promise<ParameterCheck> {
  const declared = readScriptParameters(script.text);
  if (declared.length === 0 && script.source.toLowerCase().endsWith('.ijm'))
    return { problems: [], notes: [] };
  return checkParameters(declared, jobFile.messages(), paths);
}
