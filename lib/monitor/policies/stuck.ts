/**
 * The one exception to "no machine on which a worker runs is ever ended": a worker that hangs, so that it can hold no
 * job, or a task that ECS counts for ever since the machine's agent is lost. Such a machine would be paid for without
 * end. Acting looks once more before it ends it (act/busy.ts).
 */
import { plural } from '../../plural.ts';
import { isWatched, type Demand } from '../demand.ts';
import type { Fleet, Machine } from '../fleet.ts';
import type { Ending, State } from '../state.ts';

/** A worker has left so long after its idle seconds: only one that hangs is still there. Milliseconds. */
const LEAVES_WITHIN = 900_000;

/** SQS ends every lease then, and a job is stopped before: none that began before the silence still runs. */
const LONGEST_LEASE = 12 * 3_600_000;

type Reason = Pick<Ending, 'why' | 'thoughBusy'>;

export function stuckMachines(state: State, fleet: Fleet, demand: Demand): Ending[] {
  return fleet.there.flatMap((machine) => {
    const reason = holdsSomething(machine) ? stuckBecause(state, machine, demand) : undefined;
    // Never replaced in the same breath: whether jobs want another is seen when this one does not count any more.
    return reason === undefined
      ? []
      : [{ machine: machine.id, node: machine.node, faulty: true, replace: false, ...reason }];
  });
}

/** Other people's tasks in a shared cluster are none of ours to judge. */
function holdsSomething({ tasks, node }: Machine): boolean {
  return tasks > 0 && node !== undefined && node.strangers === 0;
}

function stuckBecause(state: State, machine: Machine, demand: Demand): Reason | undefined {
  const { now, settings } = state;
  const { silent, placed } = machine.remembered;

  if (silent !== undefined && now - silent > LONGEST_LEASE && isWatched(state)) {
    const why =
      'its ECS agent has been silent for 12 hours, longer than any job may take; a job that a worker on it began since goes back to the queue';
    return { why, thoughBusy: 'its agent is silent' };
  }
  if (!demand.over || demand.emptySince === null) return undefined;
  const idle = now - Math.max(demand.emptySince, placed ?? 0);
  if (idle < settings.WORKER_IDLE_SECONDS * 1000 + LEAVES_WITHIN) return undefined;
  const minutes = Math.floor(idle / 60_000);
  return {
    why: `no job has waited or been at work for ${plural(minutes, 'minute')}, and ${plural(machine.tasks, 'worker')} on it did not leave`,
    thoughBusy: 'no job is left',
  };
}
