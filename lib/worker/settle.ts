/**
 * The last step: log, then record, then the message. In this order, so that a worker killed in between leaves a job that
 * is done again and never one that is forgotten.
 *
 * Records are written in batches (lib/records/writer.ts); `conclude` is what follows a batch.
 */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Failure } from '../jobs/message.ts';
import { MAX_MESSAGE_BYTES } from '../jobs/make-message.ts';
import { bodyWithHistory } from '../jobs/with-history.ts';
import type { Heartbeat } from '../queue/heartbeat.ts';
import type { Lease } from '../queue/lease.ts';
import { complete, deadLetter, letGoBack, retryDelaySeconds, sendAgain } from '../queue/settle.ts';
import { logKey } from '../records/log-key.ts';
import type { RecordWriter } from '../records/writer.ts';
import type { Store } from '../store/store.ts';
import type { Attempt, Verdict } from './attempt.ts';
import type { WorkerEvents } from './events.ts';
import { logText } from './job-log.ts';
import { type RecordContext, toRecord } from './to-record.ts';

export interface QueueContext extends RecordContext {
  readonly client: SQSClient;
  readonly heartbeat: Heartbeat;
  readonly destination: Store;
  readonly events: WorkerEvents;
}

/** A message whose record is on its way, and what becomes of it then. */
export interface Concluding {
  readonly lease: Lease;
  readonly then:
    | { readonly kind: 'delete' }
    | { readonly kind: 'again'; readonly body: string; readonly delaySeconds: number }
    | { readonly kind: 'dead letter'; readonly body: string; readonly why: Verdict };
}

/** Undefined: the message is settled already, only its record is on the way. */
export type Records = RecordWriter<Concluding | undefined>;

/** A reason travels with the job, each attempt's. */
const LONGEST_REASON = 2_000;

/** What a dead letter's attributes may take of its message: outcome and reason once more. */
const ATTRIBUTES_BYTES = 4_000;

const NO_ROOM = 'its message is so large that what happened to it would not fit in';

/**
 * Ends an attempt that has a verdict: its log is written, its record handed on. The lease stays until `conclude`.
 *
 * @returns false when the attempt was dropped meanwhile: nothing was said of it
 * @throws StoreError
 */
export async function settle(
  attempt: Attempt,
  verdict: Verdict,
  records: Records,
  context: QueueContext,
): Promise<boolean> {
  const { settings, destination, events } = context;
  const log = logKey(settings.APP_NAME, { ...attempt.names, started: attempt.started });
  // First of all: whoever stops this worker meanwhile must not give back what is done.
  if (!attempt.settle()) return false;

  const text = await logText(attempt, verdict, context);
  await destination.write(log, text);
  const then = whatFollows(attempt, verdict, context);
  const said = then.kind === 'dead letter' ? then.why : verdict;
  records.add(toRecord(attempt, said, then.kind !== 'again', log, context), { lease: attempt.lease, then });
  const seconds = Math.round((Date.now() - attempt.started.getTime()) / 100) / 10;
  const { peakMemoryBytes } = attempt;
  events.emit('job ended', { ...attempt.names, ...said, seconds, peakMemoryBytes });
  return true;
}

/** Success is deleted; a failure is tried again after a pause that grows, or laid aside with every reason. */
function whatFollows(
  attempt: Attempt,
  verdict: Verdict,
  { settings, identity }: RecordContext,
): Concluding['then'] {
  if (verdict.outcome === 'success') return { kind: 'delete' };

  const { failures } = attempt.history;
  const failure: Failure = {
    outcome: verdict.outcome,
    reason: verdict.reason.slice(0, LONGEST_REASON),
    at: new Date().toISOString(),
    worker: identity.id,
  };
  const history = { ...attempt.history, failures: [...failures, failure] };
  const body = bodyWithHistory(attempt.message, history, MAX_MESSAGE_BYTES - ATTRIBUTES_BYTES);
  if (body === undefined) {
    const why = { ...verdict, reason: `${failure.reason} (not tried again: ${NO_ROOM})` };
    return { kind: 'dead letter', body: attempt.lease.body, why };
  }
  if (verdict.outcome === 'worker lost' || history.failures.length >= settings.JOB_RETRIES) {
    return { kind: 'dead letter', body, why: verdict };
  }
  return {
    kind: 'again',
    body,
    delaySeconds: retryDelaySeconds(settings.RETRY_DELAY_SECONDS, history.failures.length),
  };
}

/**
 * The records are written: now the messages.
 *
 * @throws QueueError
 */
export async function conclude(
  written: readonly (Concluding | undefined)[],
  { client, settings, heartbeat }: QueueContext,
): Promise<void> {
  const queue = settings.SQS_QUEUE_URL;
  const messages = written.filter((each) => each !== undefined);

  await Promise.all([
    complete(
      client,
      queue,
      messages.filter(({ then }) => then.kind === 'delete').map(({ lease }) => lease),
    ),
    ...messages.map(async ({ lease, then }) => {
      if (then.kind === 'again') await sendAgain(client, queue, lease, then.body, then.delaySeconds);
      if (then.kind === 'dead letter') {
        const urls = { queue, deadLetterQueue: settings.DEAD_LETTER_QUEUE_URL };
        await deadLetter(client, urls, lease, then.body, then.why);
      }
    }),
  ]);
  for (const { lease } of messages) heartbeat.release(lease);
}

/**
 * Gives a job back because this worker stops: at once, for any other worker to begin anew. Not a failure.
 *
 * @throws QueueError
 */
export async function giveBack(
  attempt: Attempt,
  why: string,
  records: Records,
  context: QueueContext,
): Promise<void> {
  const { client, settings, heartbeat, events } = context;
  const hadBegun = attempt.stage !== 'preparing';
  if (!attempt.drop()) return;

  const { interruptions, trouble } = attempt.history;
  const history = {
    ...attempt.history,
    interruptions: interruptions + 1,
    ...(attempt.trouble !== undefined && {
      trouble: {
        workers: (trouble?.workers ?? 0) + 1,
        reason: attempt.trouble.slice(0, LONGEST_REASON),
      },
    }),
  };
  const body = bodyWithHistory(attempt.message, history, MAX_MESSAGE_BYTES);
  if (body !== undefined) await sendAgain(client, settings.SQS_QUEUE_URL, attempt.lease, body, 0);
  heartbeat.release(attempt.lease);
  // Without room even for that: as it is, and SQS counts it instead.
  if (body === undefined) await letGoBack(client, settings.SQS_QUEUE_URL, attempt.lease, 0);
  events.emit('job given back', { ...attempt.names, why });
  if (hadBegun) {
    records.add(
      toRecord(attempt, { outcome: 'interrupted', reason: why }, false, undefined, context),
      undefined,
    );
  }
}
