/** Taking messages from the queue: each is leased, not removed. */
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueError, queueName } from './queue-error.ts';
import type { Lease } from './lease.ts';

export interface ReceiveOptions {
  /** Messages at once, 1 to 10 (SQS's end). */
  readonly max: number;
  /** Seconds to wait for a first message, 0 to 20. */
  readonly waitSeconds: number;
  /** Seconds until SQS hands a message to someone else, unless it is renewed (heartbeat.ts) or deleted. */
  readonly visibilitySeconds: number;
  /** Ends the waiting: the answer is then an empty list. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One poll. An empty list does not mean an empty queue: SQS may answer so while messages wait.
 *
 * @throws QueueError
 */
export async function receive(client: SQSClient, url: string, options: ReceiveOptions): Promise<Lease[]> {
  if (options.signal?.aborted) return [];
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: options.max,
    WaitTimeSeconds: options.waitSeconds,
    VisibilityTimeout: options.visibilitySeconds,
    MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
  });

  try {
    const { Messages = [] } = await client.send(command, {
      ...(options.signal && { abortSignal: options.signal }),
    });
    const receivedAt = Date.now();
    return Messages.map(({ Body = '', ReceiptHandle = '', Attributes }) => ({
      body: Body,
      receiptHandle: ReceiptHandle,
      receivedAt,
      sentAt: Number(Attributes?.SentTimestamp ?? receivedAt),
      receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    }));
  } catch (error) {
    if (options.signal?.aborted) return [];
    throw queueError(error, `Receiving jobs from the queue ${queueName(url)}`);
  }
}
