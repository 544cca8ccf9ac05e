import { DistributedFijiError } from '../errors.ts';
import type { Problem } from './group.ts';

/** How many problems are told at once: enough to mend a file in one go, few enough to read. */
export const MOST_PROBLEMS = 10;

/** The job file cannot be used. Nothing was started. */
export class JobFileError extends DistributedFijiError {
  constructor(path: string, problems: readonly [Problem, ...Problem[]], cause?: unknown) {
    const [first] = problems;
    const told = problems.slice(0, MOST_PROBLEMS).map(({ what, fix }) => `  - ${what}. ${fix}`);
    if (problems.length > MOST_PROBLEMS) told.push('  - and more.');
    super(
      problems.length === 1
        ? `Job file ${path}: ${first.what}.${first.picture === undefined ? '' : `\n${first.picture}`}`
        : `Job file ${path} has several problems:\n${told.join('\n')}`,
      {
        code: 'JOB_FILE_INVALID',
        fix: problems.length === 1 ? first.fix : 'Mend these and try again; nothing was started.',
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }
}

/** What a worker received is no job: it goes to the dead-letter queue with this message as the reason. */
export class BadMessageError extends DistributedFijiError {
  constructor(what: string, body: string, cause?: unknown) {
    const shown = body.length <= 200 ? body : `${body.slice(0, 197)}...`;
    super(`Not a job: ${what}. The message was: ${shown}`, {
      code: 'MESSAGE_INVALID',
      fix: 'Send jobs with `npm run enqueue -- job.json`; a message needs Metadata and output_file_location.',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
