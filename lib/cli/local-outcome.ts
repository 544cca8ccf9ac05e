/** How a run on this machine ended, in words: what is done, what failed and why, where everything is. */
import { DistributedFijiError } from '../errors.ts';
import type { JobMessage } from '../jobs/index.ts';
import type { LocalRunResult } from '../local/run.ts';
import { digestText, failureCauses } from '../report/digest.ts';
import { groupName } from '../report/group-name.ts';
import { FolderStore } from '../store/folder-store.ts';
import { duration } from './duration.ts';
import type { LocalSetup } from './local-setup.ts';

/** Some jobs failed; what and why has been said. */
export class JobsFailedError extends DistributedFijiError {
  constructor({ failed, killed, total }: Pick<LocalRunResult, 'failed' | 'killed' | 'total'>) {
    super(`${failed.length + killed.length} of ${total} jobs failed.`, {
      code: 'JOBS_FAILED',
      fix: 'Mend what the reasons say, then use the same command again: it does only what is not done.',
    });
  }
}

/** Groups shown of jobs that were never heard of again. */
const SHOWN = 3;

/**
 * Writes it to standard output.
 *
 * @param reasonOf what is told of a failure's reason
 */
export function tellOutcome(
  result: LocalRunResult & { readonly seconds: number },
  { output }: Pick<LocalSetup, 'output'>,
  reasonOf: (reason: string) => string = (reason) => reason,
): void {
  const { total, before, succeeded, seconds } = result;
  const earlier = before === 0 ? '' : `, ${before} of them before`;
  process.stdout.write(
    `\n${before + succeeded} of ${total} jobs done${earlier}; this took ${duration(seconds)}.\n`,
  );
  process.stdout.write(`Results are in ${output}\n`);
  if (result.failed.length > 0) {
    const store = new FolderStore(output);
    const found = failureCauses(result.failed).map((cause) => ({ ...cause, reason: reasonOf(cause.reason) }));
    const causes = digestText(found, { describe: (key) => store.describe(key) });
    process.stdout.write(`\nWhat failed, and why:\n\n${causes}\n`);
  }
  if (result.killed.length > 0) process.stdout.write(`\n${killedText(result.killed)}\n`);
}

/** The page of pictures: what to look at before any table. */
export function tellPage(path: string): void {
  process.stdout.write(`Open in a browser: ${path}\n`);
}

function killedText(jobs: readonly JobMessage[]): string {
  const groups = jobs.slice(0, SHOWN).map(({ Metadata, job }) => groupName({ group: Metadata, job }));
  return [
    `${jobs.length} ended worker after worker that ran them; most often this machine was out of memory:`,
    ...groups.map((group) => `  ${group}`),
    ...(jobs.length > SHOWN ? [`  and ${jobs.length - SHOWN} more`] : []),
    'Try fewer at a time: --workers 1',
  ].join('\n');
}
