/** The queue that jobs wait in, and the one they end in when they cannot be done. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { redriveAfter } from '../worker/settings.ts';

/** SQS takes messages of 1 MiB since August 2025; its default is still 256 KiB. */
const LARGEST_MESSAGE_BYTES = 1024 * 1024;

/** The longest that SQS keeps a message. A job that is sent again keeps its age when SQS itself moves it. */
export const RETENTION_DAYS = 14;

export class JobQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, config: Config, derived: Derived) {
    super(scope, id);
    this.deadLetters = derived.deadLetterQueueExists
      ? this.existingDeadLetters(config, derived)
      : new Queue(this, 'DeadLetters', { queueName: derived.deadLetterQueueName, ...common });
    this.queue = new Queue(this, 'Jobs', {
      queueName: config.SQS_QUEUE_NAME,
      visibilityTimeout: Duration.seconds(config.SQS_MESSAGE_VISIBILITY),
      // A worker sends a failed job again itself, with its reasons. Receives without a word (the worker was killed)
      // are what SQS counts here; workers look at the count, and lay the job aside, with a reason, before this does.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: redriveAfter(config.JOB_RETRIES) },
      receiveMessageWaitTime: Duration.seconds(20),
      ...common,
    });
  }

  /** Used as it is, and never removed. */
  private existingDeadLetters(config: Config, derived: Derived): IQueue {
    const arn = config.SQS_DEAD_LETTER_QUEUE.startsWith('arn:')
      ? config.SQS_DEAD_LETTER_QUEUE
      : Stack.of(this).formatArn({ service: 'sqs', resource: derived.deadLetterQueueName });
    return Queue.fromQueueArn(this, 'DeadLetters', arn);
  }
}

const common = {
  retentionPeriod: Duration.days(RETENTION_DAYS),
  maxMessageSizeBytes: LARGEST_MESSAGE_BYTES,
  // SQS's own key: no charge, and no key policy that could lock a job out.
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.DESTROY,
} as const;
