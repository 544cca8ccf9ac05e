/** Whether a run is on: jobs in the queues, machines of the group. */
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Aws } from './aws.ts';

export interface Jobs {
  /** In the queue, those that wait for a second attempt included. */
  readonly waiting: number;
  /** With a worker. */
  readonly running: number;
}

export interface Machines {
  /** How many the monitor wants. */
  readonly desired: number;
  /** How many there are. */
  readonly there: number;
  readonly max: number;
}

/** @returns undefined when there is no such queue. SQS's counts are approximate, and up to a minute old. */
export async function countJobs(client: SQSClient, url: string): Promise<Jobs | undefined> {
  try {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesDelayed',
          'ApproximateNumberOfMessagesNotVisible',
        ],
      }),
    );
    return {
      waiting:
        Number(Attributes.ApproximateNumberOfMessages ?? 0) +
        Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      running: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  } catch (error) {
    if (isMissingQueue(error)) return undefined;
    throw error;
  }
}

/** @returns undefined when there is no queue of this name */
export async function findQueue(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (isMissingQueue(error)) return undefined;
    throw error;
  }
}

function isMissingQueue(error: unknown): boolean {
  return error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name);
}

/** @returns undefined when there is no such group */
export async function seeMachines({ autoScaling }: Aws, group: string): Promise<Machines | undefined> {
  const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  if (found === undefined) return undefined;
  return {
    desired: found.DesiredCapacity ?? 0,
    there: found.Instances?.length ?? 0,
    max: found.MaxSize ?? 0,
  };
}
