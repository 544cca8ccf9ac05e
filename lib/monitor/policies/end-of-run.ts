/** A run ends when nothing waits, nothing runs and nothing is paid for. */
import type { Demand } from '../demand.ts';
import type { Fleet } from '../fleet.ts';
import type { Run } from '../memory.ts';
import type { State } from '../state.ts';

export function hasEnded({ group }: State, fleet: Fleet, demand: Demand): boolean {
  const tasks = fleet.machines.reduce((sum, machine) => sum + machine.tasks, 0);
  return demand.over && fleet.there.length === 0 && tasks === 0 && group.desired === 0;
}

/** False for a reading that came to nothing: nobody is told of a run that never was. */
export function wasReal(run: Run): boolean {
  return run.machineSeconds > 0 || run.done + run.failed > 0;
}

/** Whether jobs have been there, and none has ended, for so long that somebody should look. */
export function isStalled({ now, queue, settings }: State, run: Run): boolean {
  return queue.visible + queue.inFlight > 0 && now - run.lastEnded > settings.STALLED_AFTER_MINUTES * 60_000;
}
