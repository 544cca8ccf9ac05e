/**
 * The run at a glance in CloudWatch. With CLEAN_DASHBOARD the monitor puts it when a run begins and removes it at its end,
 * since it costs money by the hour; without, the stack makes the very same one and removes it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { DIMENSION, type MetricName, NAMESPACE } from '../aws/embedded-metrics.ts';
import type { MonitorSettings } from './settings.ts';

type Shown = Pick<
  MonitorSettings,
  'APP_NAME' | 'AWS_REGION' | 'SQS_QUEUE_URL' | 'DEAD_LETTER_QUEUE_URL' | 'MEMORY'
>;

/** Namespace, name, dimensions, and how it is drawn. */
type Metric = readonly (string | { readonly stat: string; readonly label: string })[];

const MINUTE = 60;

/** @param shown of addresses only the last part, the queue's name, is read */
export function dashboardBody(shown: Shown): string {
  const app = (metric: MetricName, label: string, stat = 'Maximum'): Metric => [
    NAMESPACE,
    metric,
    DIMENSION,
    shown.APP_NAME,
    { stat, label },
  ];
  const queue = (url: string, metric: string, label: string): Metric => [
    'AWS/SQS',
    metric,
    'QueueName',
    url.split('/').at(-1) ?? url,
    { stat: 'Average', label },
  ];
  const [jobs, dead] = [shown.SQS_QUEUE_URL, shown.DEAD_LETTER_QUEUE_URL];

  return JSON.stringify({
    start: '-PT12H',
    widgets: [
      graph(
        shown,
        'Jobs',
        [0, 0],
        [
          queue(jobs, 'ApproximateNumberOfMessagesVisible', 'waiting'),
          queue(jobs, 'ApproximateNumberOfMessagesNotVisible', 'running'),
          app('JobsDone', 'done'),
          queue(dead, 'ApproximateNumberOfMessagesVisible', 'dead'),
        ],
      ),
      graph(
        shown,
        'Machines',
        [12, 0],
        [
          app('MachinesWanted', 'wanted'),
          app('MachinesThere', 'there'),
          app('MachinesInterrupted', 'taken back by AWS, in all'),
          app('WorkersRunning', 'workers'),
        ],
      ),
      graph(shown, 'Seconds a job, on average', [0, 6], [app('AttemptSeconds', 'seconds')]),
      graph(
        shown,
        'Memory of a job at its peak',
        [12, 6],
        [app('PeakMemory', 'the largest'), app('PeakMemory', 'half of them use less', 'p50')],
        { value: shown.MEMORY * 1024 * 1024, label: 'the container’s (MEMORY)' },
      ),
      number(shown, 'Spot dollars so far', [0, 12], app('Dollars', 'dollars')),
      number(shown, 'Machine hours so far', [12, 12], app('MachineHours', 'hours')),
    ],
  });
}

type Place = readonly [x: number, y: number];
interface Limit {
  readonly value: number;
  readonly label: string;
}

function graph(shown: Shown, title: string, [x, y]: Place, metrics: readonly Metric[], limit?: Limit) {
  return {
    type: 'metric',
    ...{ x, y, width: 12, height: 6 },
    properties: {
      view: 'timeSeries',
      title,
      region: shown.AWS_REGION,
      metrics,
      period: MINUTE,
      yAxis: { left: { min: 0, showUnits: limit !== undefined } },
      ...(limit && { annotations: { horizontal: [limit] } }),
    },
  };
}

function number(shown: Shown, title: string, [x, y]: Place, metric: Metric) {
  return {
    type: 'metric',
    ...{ x, y, width: 12, height: 4 },
    properties: {
      view: 'singleValue',
      title,
      region: shown.AWS_REGION,
      metrics: [metric],
      period: MINUTE,
    },
  };
}
