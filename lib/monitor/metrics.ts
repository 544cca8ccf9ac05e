/** What the monitor knows of a run, as numbers for the dashboard. */
import type { MetricName } from '../aws/embedded-metrics.ts';
import type { Memory } from './memory.ts';
import type { State } from './state.ts';

/** Sums (done, dead, interrupted, hours, dollars) are those of the run so far. Undefined while there is none. */
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
