/** The clients that the monitor sees and acts through. */
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { s3Client, sqsClient, type ClientOptions } from '../aws/clients.ts';
import {
  autoScalingClient,
  cloudWatchClient,
  ec2Client,
  ecsClient,
  snsClient,
} from '../aws/control-clients.ts';

export interface Aws {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly ecs: ECSClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

export function connect(options: ClientOptions = {}): Aws {
  return {
    autoScaling: autoScalingClient(options),
    cloudWatch: cloudWatchClient(options),
    ec2: ec2Client(options),
    ecs: ecsClient(options),
    s3: s3Client(options),
    sns: snsClient(options),
    sqs: sqsClient(options),
  };
}

/** Calls `work` on each item, a few at a time: AWS throttles a caller who does everything at once. Order is kept. */
export async function eachOf<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const next = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of next) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** Lists of at most `size`: what one call takes. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
