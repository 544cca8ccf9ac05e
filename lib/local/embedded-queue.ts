/**
 * The queue of a run on this machine: SQS's own protocol, served by this process on a free port of 127.0.0.1, so that
 * workers speak to it as they speak to AWS. In memory: what is done is known from the records, and what is not is sent
 * again by the next run.
 */
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { NO_CREDENTIALS, sqsClient } from '../aws/clients.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import { queueDepth } from '../queue/depth.ts';

/** Any region will do, but the SDK refuses to call without. */
const REGION = 'us-east-1';

export class EmbeddedQueueError extends DistributedFijiError {
  constructor(doing: string, cause: unknown) {
    super(`${doing}: ${messageOf(cause)}.`, {
      code: 'QUEUE_FAILED',
      fault: 'environment',
      fix: 'Check that this machine lets programs talk to themselves (127.0.0.1): a firewall or a sandbox may forbid it.',
      cause,
    });
  }
}

export interface EmbeddedQueueOptions {
  /** Seconds until a job whose worker vanished is handed out again. */
  readonly visibilitySeconds: number;
  /** Times that a job is handed out before it counts as one that kills its workers. */
  readonly maxReceives: number;
}

export interface QueueCounts {
  /** To be taken, now or after a delay. */
  readonly waiting: number;
  /** With a worker: running, or fetched ahead. */
  readonly held: number;
}

export interface EmbeddedQueue {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** What a worker's AWS SDK needs to find this queue. */
  readonly environment: Readonly<Record<string, string>>;
  /** Exact, unlike AWS's. */
  counts(): Promise<QueueCounts>;
  /** Takes every message out of the dead-letter queue. */
  takeDead(): Promise<string[]>;
  close(): Promise<void>;
}

/** @throws EmbeddedQueueError when no port of 127.0.0.1 can be had */
export async function startEmbeddedQueue(options: EmbeddedQueueOptions): Promise<EmbeddedQueue> {
  const app = buildApp({ logger: false, defaultRegion: REGION });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 }).catch((error: unknown) => {
    throw new EmbeddedQueueError('The queue on this machine cannot start', error);
  });
  const client = sqsClient({ region: REGION, endpoint, credentials: NO_CREDENTIALS });

  const deadLetterQueueUrl = await createQueue(client, 'dead-jobs', {});
  const queueUrl = await createQueue(client, 'jobs', {
    VisibilityTimeout: String(options.visibilitySeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: (await attributes(client, deadLetterQueueUrl)).QueueArn,
      maxReceiveCount: options.maxReceives,
    }),
  });

  return {
    client,
    queueUrl,
    deadLetterQueueUrl,
    environment: { AWS_ENDPOINT_URL_SQS: endpoint },
    counts: async () => {
      const { waiting, delayed, held } = await queueDepth(client, queueUrl);
      return { waiting: waiting + delayed, held };
    },
    takeDead: () => takeAll(client, deadLetterQueueUrl),
    close: async () => {
      client.destroy();
      await app.close();
    },
  };
}

async function createQueue(
  client: SQSClient,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<string> {
  try {
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }),
    );
    return QueueUrl;
  } catch (error) {
    throw new EmbeddedQueueError('The queue on this machine cannot be made', error);
  }
}

async function attributes(client: SQSClient, queueUrl: string): Promise<Partial<Record<string, string>>> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Attributes;
}

async function takeAll(client: SQSClient, queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: Messages.map(({ ReceiptHandle = '' }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  }
}
