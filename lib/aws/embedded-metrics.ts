/**
 * Metrics in CloudWatch's embedded metric format: a line on standard output that CloudWatch Logs turns into metrics,
 * without a call of ours. Written only while a run goes on, since a metric costs money for each hour in which it is sent.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

export const NAMESPACE = 'DistributedFiji';

/** The one dimension: APP_NAME. */
export const DIMENSION = 'App';

/** Name and unit of every metric. */
export const METRICS = {
  JobsWaiting: 'Count',
  JobsRunning: 'Count',
  JobsDone: 'Count',
  JobsDead: 'Count',
  AttemptSeconds: 'Seconds',
  WorkersRunning: 'Count',
  MachinesWanted: 'Count',
  MachinesThere: 'Count',
  MachinesInterrupted: 'Count',
  MachineHours: 'Count',
  Dollars: 'None',
  /** Of one job: by the workers; all others are the monitor's. */
  PeakMemory: 'Bytes',
} as const;
export type MetricName = keyof typeof METRICS;

/** Values of one metric that CloudWatch takes in a line. */
export const MOST_VALUES = 100;

/** @param values a number; or several at once, of which CloudWatch makes its own statistics */
export function embeddedMetrics(
  appName: string,
  at: number,
  values: Partial<Record<MetricName, number | readonly number[]>>,
): string {
  const names = Object.keys(values) as MetricName[];
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [[DIMENSION]],
          Metrics: names.map((Name) => ({ Name, Unit: METRICS[Name] })),
        },
      ],
    },
    [DIMENSION]: appName,
    ...values,
  });
}
