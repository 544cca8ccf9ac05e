/**
 * How a lease ends. A worker never lets a message go back by itself, because SQS would count that as a failure and
 * say nothing of why: it sends the job again with its history, or to the dead-letter queue with its reasons, and then
 * deletes the message it holds. In that order: a crash in between makes a duplicate, which is harmless, never a loss.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  SendMessageCommand,
  type MessageAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { MAX_MESSAGE_BYTES } from '../jobs/make-message.ts';
import { QueueError, queueError, queueName } from './queue-error.ts';
import type { Lease } from './lease.ts';

/** SQS takes this many entries in one call. */
const BATCH = 10;

/** The longest a message can be delayed, in seconds: SQS's end. */
export const LONGEST_DELAY_SECONDS = 900;

/** How often a delete that SQS failed for its own reasons is tried. */
const DELETE_ATTEMPTS = 4;

/**
 * Seconds to wait before a job is tried again.
 *
 * @param baseSeconds RETRY_DELAY_SECONDS
 * @param failures how often the job has failed, this time included (at least 1)
 */
export function retryDelaySeconds(baseSeconds: number, failures: number): number {
  return Math.min(baseSeconds * 2 ** (failures - 1), LONGEST_DELAY_SECONDS);
}

/**
 * Deletes finished messages.
 *
 * @returns the leases whose message may still be there: it comes back, and the job is done a second time, harmlessly
 * @throws QueueError when the queue cannot be reached at all
 */
export async function complete(client: SQSClient, url: string, leases: readonly Lease[]): Promise<Lease[]> {
  const left: Lease[] = [];
  for (let start = 0; start < leases.length; start += BATCH) {
    left.push(...(await deleteBatch(client, url, leases.slice(start, start + BATCH))));
  }
  return left;
}

async function deleteBatch(client: SQSClient, url: string, leases: readonly Lease[]): Promise<Lease[]> {
  const lost: Lease[] = [];
  let waiting = leases;

  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client
      .send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: waiting.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
          })),
        }),
      )
      .catch((error: unknown) => {
        throw queueError(error, `Deleting finished jobs from the queue ${queueName(url)}`);
      });

    // Our fault (an expired handle) stays so however often it is tried; a fault of SQS's passes.
    const failed = (senderFault: boolean) =>
      Failed.filter((entry) => (entry.SenderFault ?? false) === senderFault).flatMap(
        ({ Id }) => waiting[Number(Id)] ?? [],
      );
    lost.push(...failed(true));
    waiting = failed(false);
    if (waiting.length === 0 || attempt === DELETE_ATTEMPTS) return [...lost, ...waiting];
    await sleep(100 * 2 ** attempt);
  }
}

/**
 * Sends a job again, then deletes the message it was leased from.
 *
 * @param body the message with its new history
 * @param delaySeconds see {@link retryDelaySeconds}; 0 after an interruption
 * @throws QueueError when it could not be sent: the lease is then untouched
 */
export async function sendAgain(
  client: SQSClient,
  url: string,
  lease: Lease,
  body: string,
  delaySeconds: number,
): Promise<void> {
  await send(client, url, body, { DelaySeconds: Math.min(Math.round(delaySeconds), LONGEST_DELAY_SECONDS) });
  await complete(client, url, [lease]);
}

/**
 * Lets a message go back by itself, as it is: for one that has no room for its history. SQS counts it as received, so
 * that this has an end.
 *
 * @param delaySeconds until it is handed out again
 * @throws QueueError
 */
export async function letGoBack(
  client: SQSClient,
  url: string,
  lease: Lease,
  delaySeconds: number,
): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: url,
    ReceiptHandle: lease.receiptHandle,
    VisibilityTimeout: Math.round(delaySeconds),
  });
  await client.send(command).catch((error: unknown) => {
    throw queueError(error, `Giving a job back to the queue ${queueName(url)}`);
  });
}

/** Why a job is in the dead-letter queue: attributes of its message, for whoever looks at it in the console. */
export interface DeadLetterReason {
  /** An outcome's name (lib/records/outcome.ts). */
  readonly outcome: string;
  /** One line for people. */
  readonly reason: string;
}

/**
 * Moves a job to the dead-letter queue with its reason.
 *
 * @param urls the queue it was leased from, and the dead-letter queue
 * @param body the message with its whole history; for a message that cannot be read, the body as it came
 * @throws QueueError when it could not be sent: the lease is then untouched
 */
export async function deadLetter(
  client: SQSClient,
  urls: { readonly queue: string; readonly deadLetterQueue: string },
  lease: Lease,
  body: string,
  why: DeadLetterReason,
): Promise<void> {
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(allowedText(body));
  await send(client, urls.deadLetterQueue, body, {
    MessageAttributes: attributesWithin(room, [
      ['Outcome', why.outcome],
      ['Reason', why.reason.slice(0, LONGEST_REASON)],
    ]),
  });
  await complete(client, urls.queue, [lease]);
}

/** Characters: the console shows one line. */
const LONGEST_REASON = 1_000;

/** Attributes count towards the message's 1 MiB, with their names and types: they are cut, and left out, where it is full. */
function attributesWithin(
  room: number,
  values: readonly (readonly [string, string])[],
): Record<string, MessageAttributeValue> {
  const attributes: Record<string, MessageAttributeValue> = {};
  let left = room;
  for (const [name, value] of values) {
    const bytes = left - Buffer.byteLength(name) - Buffer.byteLength('String');
    const StringValue = withinBytes(allowedText(value) || '-', bytes);
    if (StringValue === '') break;
    attributes[name] = { DataType: 'String', StringValue };
    left = bytes - Buffer.byteLength(StringValue);
  }
  return attributes;
}

/** The beginning of a text, whole characters only. */
function withinBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes)));
  return text.slice(0, read);
}

async function send(
  client: SQSClient,
  url: string,
  body: string,
  rest: { DelaySeconds?: number; MessageAttributes?: Record<string, MessageAttributeValue> },
): Promise<void> {
  if (body === '')
    throw new QueueError(`An empty message cannot be sent to the queue ${queueName(url)}.`, {});
  await client
    .send(new SendMessageCommand({ QueueUrl: url, MessageBody: allowedText(body), ...rest }))
    .catch((error: unknown) => {
      throw queueError(error, `Sending a job to the queue ${queueName(url)}`);
    });
}

/** SQS refuses a message with characters that XML lacks: control characters, halves of a surrogate pair, U+FFFE/F. */
function allowedText(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
