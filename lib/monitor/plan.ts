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
  /** Machines that the group may go on wanting, as far as jobs are possible. */
  readonly atMost: number;
  /** How many of those that take tasks, or soon will, may stay. */
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
  const worth = (jobs: number, start: number = state.memory.startSeconds): number =>
    worthStarting(jobs, workers, each, start);
  const machinesFor = (more: number): number =>
    Math.min(Math.max(0, limit - apart), Math.ceil((workers + more) / TASKS_PER_MACHINE));
  return {
    newWorkers: certain,
    atLeast: apart + machinesFor(worth(certain)),
    atMost: apart + machinesFor(worth(possible)),
    // What is left of the start of those on their way: the rest is spent, whether they stay or not.
    keep: machinesFor(worth(possible, startLeft(state, fleet))),
  };
}

/** The first job comes a little after joining, however late a machine already is. Seconds. */
const LEAST_START = 20;

/** Seconds until the machines on their way will have joined, in the mean. */
function startLeft({ now, memory }: State, fleet: Fleet): number {
  const joining = fleet.there.filter(({ phase }) => phase === 'joining');
  const ages = joining.map(({ remembered }) => (now - remembered.since) / 1000);
  const age = ages.reduce((sum, each) => sum + each, 0) / Math.max(1, ages.length);
  return Math.max(LEAST_START, memory.startSeconds - age);
}

/** While paused nothing is started; an hour later one machine may try. */
function workersAllowed(pause: Pause | null, workers: number, tasksPerMachine: number): number {
  if (pause === null) return Infinity;
  return pause.probing ? Math.max(0, tasksPerMachine - workers) : 0;
}
