/**
 * What an error between the queue and Fiji says about the job. Most specific first:
 * - a full disk is the job's own outcome, wherever it was met;
 * - a store that refuses (denied, a name it cannot take) will refuse again: the job's outcome, with the store's words;
 * - anything else (network, service, machine) says nothing about the job: it throws on, the worker gives its jobs back
 *   and leaves.
 */
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { Outcome } from '../records/outcome.ts';
import { StoreError } from '../store/store-error.ts';
import type { Verdict } from './attempt.ts';

/** @param refused the outcome when the store refuses: what the job then lacks */
export function judgeError(
  error: unknown,
  refused: Extract<Outcome, 'input missing' | 'missing outputs'>,
): Verdict {
  const reason =
    error instanceof DistributedFijiError
      ? [error.message, error.fix].filter(Boolean).join(' ')
      : messageOf(error);

  if (isDiskFull(error)) return { outcome: 'disk full', reason };
  if (error instanceof StoreError && ['missing', 'denied', 'bad key'].includes(error.trouble)) {
    return { outcome: refused, reason };
  }
  throw error;
}

function isDiskFull(error: unknown): boolean {
  if (error instanceof StoreError && error.trouble === 'disk full') return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || isDiskFull(error.cause);
}
