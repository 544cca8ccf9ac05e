/** What the queues say of themselves. */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Aws } from '../aws.ts';
import type { State } from '../state.ts';

export async function countMessages({ sqs }: Aws, queueUrl: string): Promise<State['queue']> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

const METRIC = 'ApproximateAgeOfOldestMessage';
const WINDOW_MS = 3_600_000;

/** Seconds that the oldest message of each queue has waited. SQS itself does not tell, only CloudWatch does. */
export async function readAges(
  { cloudWatch }: Aws,
  queueUrls: { readonly queue: string; readonly deadLetters: string },
  now: number,
): Promise<NonNullable<State['ages']>> {
  const ids = Object.entries(queueUrls);
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - WINDOW_MS),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: ids.map(([id, url]) => ({
        Id: id.toLowerCase(),
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: METRIC,
            Dimensions: [{ Name: 'QueueName', Value: url.split('/').at(-1) }],
          },
          Period: 300,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  const newest = (id: string): number | undefined =>
    MetricDataResults.find(({ Id }) => Id === id.toLowerCase())?.Values?.[0];
  return { queue: newest('queue'), deadLetters: newest('deadLetters') };
}
