/**
 * What the dashboard shows, in CloudWatch's embedded metric format: a line on standard output that CloudWatch Logs
 * turns into metrics. Written only while a run goes on, since a metric costs money for each hour in which it is sent.
 */
import type { Memory } from './memory.ts';
import type { State } from './state.ts';

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
} as const;
export type MetricName = keyof typeof METRICS;

/** Sums (done, dead, interrupted, hours, dollars) are those of the run so far. */
export function metricsOf(state: State, { run }: Memory): Partial<Record<MetricName, number>> | undefined {
  if (run === null) return undefined;
  const attempts = run.done + run.failed;

  return {
    JobsWaiting: state.queue.visible + state.queue.delayed,
    JobsRunning: state.queue.inFlight,
    JobsDone: run.done,
    JobsDead: state.deadLetters,
    ...(attempts > 0 && { AttemptSeconds: run.workerSeconds / attempts }),
    WorkersRunning: state.nodes.reduce((sum, { tasks }) => sum + tasks, 0),
    MachinesWanted: state.group.desired,
    MachinesThere: state.group.machines.length,
    MachinesInterrupted: run.interrupted,
    MachineHours: run.machineSeconds / 3600,
    Dollars: run.dollars,
  };
}

export function embeddedMetrics(state: State, values: Partial<Record<MetricName, number>>): string {
  const names = Object.keys(values) as MetricName[];
  return JSON.stringify({
    _aws: {
      Timestamp: state.now,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [[DIMENSION]],
          Metrics: names.map((Name) => ({ Name, Unit: METRICS[Name] })),
        },
      ],
    },
    [DIMENSION]: state.settings.APP_NAME,
    ...values,
  });
}
