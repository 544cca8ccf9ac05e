/** Step 1: is it a job that can be tried? What it reads is found, and fetched where that is the way. */
import { join } from 'node:path';
import type { Attempt, Verdict } from './attempt.ts';
import { resolveInputs } from './inputs.ts';
import type { InputsContext } from './inputs-step.ts';
import { judgeError } from './judge-error.ts';
import type { Scratch } from './scratch.ts';
import { mostLosses, type WorkerSettings } from './settings.ts';

/**
 * @returns The verdict when the job ends here; undefined to go on.
 * @throws MountGoneError, and whatever says nothing about the job (judge-error.ts).
 */
export async function prepare(
  attempt: Attempt,
  context: InputsContext & { readonly scratch: Scratch },
): Promise<Verdict | undefined> {
  const lost = lostWorkers(attempt, context.settings);
  if (lost !== undefined) return lost;

  const step = {
    parameters: attempt.parameters,
    patterns: attempt.message.inputs,
    folder: join(attempt.folder, 'inputs'),
    room: () => context.scratch.free(context.settings.DISK_BYTES),
    signal: attempt.signal,
  };

  try {
    const inputs = await attempt.timed('inputs', () => resolveInputs(step, context));
    if (inputs.kind !== 'ready') return { outcome: inputs.kind, reason: inputs.reason };
    attempt.parameters = inputs.parameters;
    attempt.inputs = [...inputs.files];
    return undefined;
  } catch (error) {
    if (attempt.signal.aborted) return undefined; // dropped meanwhile: nobody asks any more
    return judgeError(error, attempt, 'input missing');
  }
}

/**
 * SQS counts the receives of one message, and a worker that ends in any other way sends a new one; one that had to leave
 * over this job has written that into it.
 */
function lostWorkers(
  { lease, history }: Attempt,
  { JOB_RETRIES }: Pick<WorkerSettings, 'JOB_RETRIES'>,
): Verdict | undefined {
  const { workers = 0, reason: last = '' } = history.trouble ?? {};
  if (workers >= mostLosses(JOB_RETRIES)) {
    const reason = `${workers} workers had to leave over this job: it was not tried again. The last one said: ${last}`;
    return { outcome: 'worker lost', reason };
  }
  const losses = lease.receiveCount - 1;
  if (losses < mostLosses(JOB_RETRIES)) return undefined;
  const reason =
    `${losses} workers in a row took this job and vanished without a word: it was not tried again. ` +
    'Most often a job needs more memory than its container has (MEMORY)';
  return { outcome: 'worker lost', reason };
}
