/** Sends jobs to a queue: in batches, many under way at once, until the queue has said yes to each. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SendMessageBatchCommand,
  type BatchResultErrorEntry,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { JobMessage } from '../jobs/parse-message.ts';
import { QueueError, queueError, queueName } from './queue-error.ts';
import { toBatches, type Batch } from './send-batches.ts';

/** Enough to fill a connection to another continent; SQS itself has no limit on standard queues. */
const UNDER_WAY = 64;

/** Tries of a message that the queue answers to with "not now"; a minute in all. */
const ATTEMPTS = 10;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

export interface SendProgress {
  /** Messages that the queue has taken. */
  readonly sent: number;
  /** Every message before this place (0 is the first) has been taken: where to go on from. */
  readonly upTo: number;
  /** Messages that the queue refused for the moment and that were sent again. */
  readonly retried: number;
}

export interface SendOptions {
  /** Batches under way at once. @default 64 */
  readonly underWay?: number;
  /** Aborted: nothing more is begun, what is under way is waited for, and the promise resolves. */
  readonly signal?: AbortSignal;
  /** After every batch. */
  readonly onProgress?: (progress: SendProgress) => void;
}

/** Sending ended before its time; `progress` says what the queue has. */
export class SendError extends QueueError {
  readonly progress: SendProgress;

  constructor(cause: QueueError, progress: SendProgress) {
    super(cause.message, {
      cause: cause.cause ?? cause,
      ...(cause.fix === undefined ? {} : { fix: cause.fix }),
    });
    this.progress = progress;
  }
}

/**
 * Sends every message at least once. A message sent twice (after an answer was lost) is harmless: the job is done again
 * with the same result.
 *
 * @param messages Jobs, or bodies as they are; taken as fast as the queue takes them. Each at most 1 MiB.
 * @throws SendError when the queue cannot be reached, does not exist, or refuses a message for good.
 */
export async function sendAll(
  client: SQSClient,
  queueUrl: string,
  messages: AsyncIterable<JobMessage | string>,
  { underWay = UNDER_WAY, signal, onProgress }: SendOptions = {},
): Promise<SendProgress> {
  const ledger = new Ledger();
  const batches = toBatches(messages, signal);
  // Each of these takes a batch whenever it is free; an error in one ends the stream for all.
  const sender = async () => {
    for await (const batch of batches) {
      ledger.take(batch, await sendBatch(client, queueUrl, batch));
      onProgress?.(ledger.progress());
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: underWay }, sender));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed === undefined) return ledger.progress();
  if (failed.reason instanceof QueueError) throw new SendError(failed.reason, ledger.progress());
  throw failed.reason;
}

/** @returns How many messages had to be sent again. */
async function sendBatch(client: SQSClient, queueUrl: string, { first, bodies }: Batch): Promise<number> {
  let entries: SendMessageBatchRequestEntry[] = bodies.map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
  }));
  let retried = 0;
  for (let attempt = 1; ; attempt += 1) {
    const refused = await sendOnce(client, queueUrl, entries);
    const final =
      refused.find(({ SenderFault }) => SenderFault === true) ??
      (attempt === ATTEMPTS ? refused[0] : undefined);
    if (final !== undefined) throw refusal(queueUrl, first + Number(final.Id), final);
    if (refused.length === 0) return retried;
    const again = new Set(refused.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => again.has(Id));
    retried += entries.length;
    await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
}

async function sendOnce(
  client: SQSClient,
  QueueUrl: string,
  Entries: SendMessageBatchRequestEntry[],
): Promise<BatchResultErrorEntry[]> {
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    return Failed;
  } catch (error) {
    throw queueError(error, `Sending jobs to the queue ${queueName(QueueUrl)}`);
  }
}

function refusal(queueUrl: string, place: number, { Code, Message }: BatchResultErrorEntry): QueueError {
  return new QueueError(
    `The queue ${queueName(queueUrl)} refuses message ${place + 1}: ${Message ?? Code ?? 'it does not say why'}.`,
    { fix: 'Look at that group in the job file; if it is like the others, send again from there.' },
  );
}

/** What has been taken, though batches end in any order. */
class Ledger {
  #retried = 0;
  #sent = 0;
  #upTo = 0;
  /** Batches beyond `upTo`: where they begin, and how many messages they have. */
  readonly #ahead = new Map<number, number>();

  take({ first, bodies }: Batch, retried: number): void {
    this.#retried += retried;
    this.#sent += bodies.length;
    this.#ahead.set(first, bodies.length);
    for (
      let length = this.#ahead.get(this.#upTo);
      length !== undefined;
      length = this.#ahead.get(this.#upTo)
    ) {
      this.#ahead.delete(this.#upTo);
      this.#upTo += length;
    }
  }

  progress(): SendProgress {
    return { sent: this.#sent, upTo: this.#upTo, retried: this.#retried };
  }
}
