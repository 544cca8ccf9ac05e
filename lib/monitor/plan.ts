/** How many workers and machines there should be. */
import type { Demand } from './demand.ts';
import type { Fleet, Machine } from './fleet.ts';
import { attemptSeconds } from './ledger.ts';
import type { Pause, Run } from './memory.ts';
import { worthStarting } from './policies/worth.ts';
import type { State } from './state.ts';

export interface Plan {
  /** Workers to start for, wherever there is room. */
  readonly newWorkers: number;
  /** Machines that the group should want, as far as jobs are certain. */
  readonly atLeast: number;
  /** Machines that the group may keep, as far as jobs are possible. */
  readonly atMost: number;
  /** Of these, how many that take tasks, or soon will. */
  readonly keep: number;
}

/** Machines that take tasks, or soon will. */
export const useful = ({ there }: Fleet): readonly Machine[] =>
  there.filter(({ phase }) => phase === 'ready' || phase === 'joining');

export function planFleet(state: State, fleet: Fleet, demand: Demand, run: Run, pause: Pause | null): Plan {
  const { CLUSTER_MACHINES, TASKS_PER_MACHINE } = state.settings;
  const ready = fleet.there.filter(({ phase }) => phase === 'ready');
  const workers = ready.reduce((sum, { tasks }) => sum + tasks, 0);
  const starting = ready.reduce((sum, { pending }) => sum + pending, 0);
  // They work and take nothing new. Not the draining: those go, and the group replaces them by itself.
  const apart = fleet.there.filter(
    ({ phase, tasks }) => tasks > 0 && (phase === 'outdated' || phase === 'silent'),
  ).length;

  const limit = Math.min(CLUSTER_MACHINES, state.group.max);
  const allowed = workersAllowed(pause, workers, TASKS_PER_MACHINE);
  const certain = Math.min(allowed, Math.max(0, demand.atLeast - starting));
  const possible = Math.min(allowed, Math.max(0, demand.atMost - starting));

  const each = attemptSeconds(state.memory, run);
  const worth = (jobs: number, start: number): number => worthStarting(jobs, workers, each, start);
  const machinesFor = (more: number): number =>
    Math.min(Math.max(0, limit - apart), Math.ceil((workers + more) / TASKS_PER_MACHINE));
  // Half the start: a machine on its way was worth it when it was asked for, and is not sent back for a small change.
  const keep = machinesFor(worth(possible, state.memory.startSeconds / 2));

  return {
    newWorkers: certain,
    atLeast: apart + machinesFor(worth(certain, state.memory.startSeconds)),
    atMost: apart + keep,
    keep,
  };
}

/** While paused nothing is started; an hour later one machine may try. */
function workersAllowed(pause: Pause | null, workers: number, tasksPerMachine: number): number {
  if (pause === null) return Infinity;
  return pause.probing ? Math.max(0, tasksPerMachine - workers) : 0;
}
