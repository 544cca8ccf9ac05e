/** How many messages a queue holds. */
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueError, queueName } from './queue-error.ts';

/** Approximate, as SQS counts: right after a change it may be a minute behind. */
export interface QueueDepth {
  /** Messages that can be received now. */
  readonly waiting: number;
  /** Messages that somebody holds a lease of. */
  readonly held: number;
  /** Messages that can be received later: a job that failed waits before it is tried again. */
  readonly delayed: number;
}

/** @throws QueueError */
export async function queueDepth(client: SQSClient, url: string): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  const { Attributes = {} } = await client.send(command).catch((error: unknown) => {
    throw queueError(error, `Counting the jobs in the queue ${queueName(url)}`);
  });

  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    held: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}
