/** One run of one scenario under one controller, and what it cost. */
import TinyQueue from 'tinyqueue';
import { runAncestor } from './ancestor.ts';
import { runManagedScaling } from './managed-scaling.ts';
import { Monitors } from './ours.ts';
import type { Scenario } from './scenario.ts';
import { START, WORKER_START, World } from './world.ts';

export const CONTROLLERS = {
  'Distributed-Fiji': (world: World): void => void new Monitors(world),
  ancestor: runAncestor,
  'managed scaling': runManagedScaling,
} as const;
export type Controller = keyof typeof CONTROLLERS;

export interface Outcome {
  readonly machineHours: number;
  /** Machine hours over the ideal's. */
  readonly overIdeal: number;
  /** Machine hours over those of the bare work. */
  readonly overWork: number;
  /** Of the machine hours: work thrown away on machines that were taken back, and the start of others for them. */
  readonly spot: number;
  readonly lostToScaleIn: number;
  readonly done: number;
  /** Seconds; undefined: it never was. */
  readonly full: number | undefined;
  /** Seconds from the last job's end until no machine was left. */
  readonly toZero: number | undefined;
  readonly wallHours: number;
  readonly calls: number;
  readonly interrupted: number;
  readonly machines: number;
  /** At once. */
  readonly peak: number;
}

/** Longer than any run that ends. */
const LIMIT = 14 * 24 * 3600;

export function simulate(scenario: Scenario, controller: Controller): Outcome {
  const world = new World(scenario);
  CONTROLLERS[controller](world);
  world.clock.run(LIMIT, () => world.over);

  const hours = world.machineSeconds / 3600;
  return {
    machineHours: hours,
    overIdeal: hours / idealHours(scenario),
    overWork: hours / workHours(scenario),
    spot: (world.spotSeconds / scenario.tasksPerMachine + world.interrupted * (START + WORKER_START)) / 3600,
    lostToScaleIn: world.lostToScaleIn,
    done: world.queue.done,
    full: world.full,
    toZero: world.zero === undefined ? undefined : world.zero - world.lastDone,
    wallHours: world.lastDone / 3600,
    calls: world.calls,
    interrupted: world.interrupted,
    machines: world.launched,
    peak: world.peak,
  };
}

/**
 * The ideal: every machine that is allowed and has a job starts in the first second, joins in the usual time, is never
 * taken back, always has its next job at once, and ends in the second in which its last job does. Jobs go in the
 * queue's order and stay where they began, since nobody knows their length or can move them. No attempt fails.
 * Whatever goes otherwise counts against a controller, whether or not it could have known.
 */
export function idealHours(scenario: Scenario): number {
  const machines = Math.min(scenario.machines, Math.ceil(scenario.jobs / scenario.tasksPerMachine));
  const slots = Array.from({ length: machines * scenario.tasksPerMachine }, (_, slot) => ({
    machine: Math.floor(slot / scenario.tasksPerMachine),
    free: START + WORKER_START,
  }));
  const queue = new TinyQueue(slots, (a, b) => a.free - b.free);
  const ends = Array.from({ length: machines }, () => 0);

  for (const job of jobsOf(scenario)) {
    const slot = queue.pop() as (typeof slots)[number];
    slot.free += job;
    ends[slot.machine] = Math.max(ends[slot.machine] ?? 0, slot.free);
    queue.push(slot);
  }
  return ends.reduce((sum, end) => sum + end, 0) / 3600;
}

/** The bare work: every slot busy to the last second, and no machine ever starts. Nobody can reach it. */
export function workHours(scenario: Scenario): number {
  let seconds = 0;
  for (const job of jobsOf(scenario)) seconds += job;
  return seconds / scenario.tasksPerMachine / 3600;
}

/** The same jobs as the simulated run has. */
function* jobsOf(scenario: Scenario): Generator<number> {
  const { queue } = new World(scenario);
  for (let job = queue.take(); job !== undefined; job = queue.take()) yield job;
}
