/**
 * What an error between the queue and Fiji says about the job. Most specific first:
 * - a full disk is the job's own outcome, wherever it was met;
 * - a store that refuses (denied, a name it cannot take) will refuse again: the job's outcome, with the store's words;
 * - anything else (network, service, machine) says nothing certain about the job: it throws on, the worker gives its jobs
 *   back and leaves. Unless AWS is known to be the cause, that is noted with the job: one over which worker after worker
 *   leaves is laid aside (prepare.ts).
 */
import { AwsError } from '../aws/aws-error.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { Outcome } from '../records/outcome.ts';
import { StoreError } from '../store/store-error.ts';
import type { Attempt, Verdict } from './attempt.ts';

/**
 * @param refused the outcome when the store refuses: what the job then lacks
 * @throws the error, when it says nothing certain about the job
 */
export function judgeError(
  error: unknown,
  attempt: Attempt,
  refused: Extract<Outcome, 'input missing' | 'missing outputs'>,
): Verdict {
  const reason =
    error instanceof DistributedFijiError
      ? [error.message.replace(/\.?$/, '.'), error.fix].filter(Boolean).join(' ')
      : messageOf(error);

  if (isDiskFull(error)) return { outcome: 'disk full', reason };
  if (error instanceof StoreError && ['missing', 'denied', 'bad key', 'refused'].includes(error.trouble)) {
    return { outcome: refused, reason };
  }
  if (error instanceof StoreError && error.trouble === 'clash') {
    return { outcome: refused === 'missing outputs' ? 'output collision' : refused, reason };
  }
  if (mayBeTheJobs(error)) attempt.trouble = reason;
  throw error;
}

/** A service that is out of reach or refuses everybody is not of a job's making. */
function mayBeTheJobs(error: unknown): boolean {
  if (!(error instanceof DistributedFijiError)) return true;
  if (!(error instanceof StoreError)) return false;
  return (
    !(error.cause instanceof AwsError) || ['bucket missing', 'region wrong'].includes(error.cause.trouble)
  );
}

function isDiskFull(error: unknown): boolean {
  if (error instanceof StoreError && error.trouble === 'disk full') return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || isDiskFull(error.cause);
}
