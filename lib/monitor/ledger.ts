/** The run's sums: attempts, machine hours, dollars. A machine's first and last minute are counted as half of the time between looks. */
import { addTallies } from '../records/key.ts';
import type { Fleet } from './fleet.ts';
import type { Memory, RememberedMachine, Run } from './memory.ts';
import type { State } from './state.ts';

/** Longer gaps between two looks mean that nobody looked: a machine seen first after one is not thought older. Milliseconds. */
const LONG_GAP = 300_000;

export function newRun(now: number): Run {
  return {
    since: now,
    done: 0,
    failed: 0,
    dead: 0,
    failedInARow: 0,
    badStops: 0,
    lastEnded: now,
    machineSeconds: 0,
    unpricedSeconds: 0,
    onDemandSeconds: 0,
    dollars: 0,
    workerSeconds: 0,
    interrupted: 0,
    peak: 0,
  };
}

export function keepAccount(run: Run, state: State, fleet: Fleet): Run {
  return { ...run, ...attempts(run, state), ...workers(run, state, fleet), ...machines(run, state, fleet) };
}

function attempts(run: Run, { ended, recount, badStops, now }: State): Partial<Run> {
  const some = ended.done + ended.failed > 0;
  const said = badStops.at(-1)?.reason;
  const { done, failed, dead } = recount ?? addTallies(run, ended);
  return {
    done,
    failed,
    dead,
    failedInARow: ended.done > 0 ? 0 : run.failedInARow + ended.failed,
    badStops: some ? 0 : run.badStops + badStops.length,
    ...(said !== undefined && { badStopSaid: said }),
    lastEnded: some ? now : run.lastEnded,
  };
}

function workers(run: Run, state: State, fleet: Fleet): Partial<Run> {
  const running = fleet.there.reduce((sum, { tasks, pending }) => sum + tasks - pending, 0);
  const busy = Math.min(running, state.queue.inFlight);
  return { workerSeconds: run.workerSeconds + (busy * sinceLook(state)) / 1000 };
}

function machines(run: Run, state: State, fleet: Fleet): Partial<Run> {
  const { memory, settings } = state;
  const gap = sinceLook(state);
  const here = new Set(fleet.machines.map(({ id }) => id));
  const gone = Object.entries(memory.machines).filter(([id]) => !here.has(id));
  const spent = [
    ...fleet.machines.map(({ id, remembered }) => ({
      pool: remembered.pool,
      seconds: (id in memory.machines ? gap : gap / 2) / 1000,
    })),
    ...gone.map(([, { pool }]) => ({ pool, seconds: gap / 2 / 1000 })),
  ];

  const seconds = spent.reduce((sum, each) => sum + each.seconds, 0);
  const onDemand = spent.length === 0 ? 0 : Math.min(1, settings.ON_DEMAND_MACHINES / spent.length);
  const prices = state.prices ?? memory.prices.pools;
  const priced = spent.filter(({ pool }) => prices[pool] !== undefined);
  const dollars = priced.reduce((sum, each) => sum + (each.seconds / 3600) * (prices[each.pool] ?? 0), 0);
  const pricedSeconds = priced.reduce((sum, each) => sum + each.seconds, 0);

  return {
    machineSeconds: run.machineSeconds + seconds,
    onDemandSeconds: run.onDemandSeconds + seconds * onDemand,
    unpricedSeconds: run.unpricedSeconds + (seconds - pricedSeconds) * (1 - onDemand),
    dollars: run.dollars + dollars * (1 - onDemand),
    interrupted: run.interrupted + gone.filter(([, { ending }]) => ending !== true).length,
    peak: Math.max(run.peak, fleet.there.length),
  };
}

function sinceLook({ now, memory }: State): number {
  const gap = now - memory.lastLook;
  return gap > LONG_GAP && Object.keys(memory.machines).length === 0 ? 0 : Math.max(0, gap);
}

/** Fewer attempts than this say little: the first to end are the shortest, and SQS's counts are late. */
const ENOUGH = 20;

/** What an attempt takes, in seconds of one worker; undefined while too little is known. */
export function attemptSeconds({ attemptSeconds: before }: Memory, run: Run): number | undefined {
  const ended = run.done + run.failed;
  if (before === null) return ended < ENOUGH ? undefined : run.workerSeconds / ended;
  // The run before counts as some attempts of this one, so that other jobs soon outweigh it.
  return (before * ENOUGH + run.workerSeconds) / (ENOUGH + ended);
}

/** A slowly moving mean over machines that have just joined. */
export function startSeconds(memory: Memory, fleet: Fleet): number {
  const joinedNow = fleet.machines.filter(
    ({ id, remembered }) => remembered.joined !== undefined && isNew(memory.machines[id]),
  );
  return joinedNow.reduce(
    (mean, { remembered }) =>
      mean + ((remembered.joined as number) - remembered.since - mean * 1000) / 1000 / 10,
    memory.startSeconds,
  );
}

/** Seen before, and not yet joined then: only of such a machine the start is known. */
const isNew = (before: RememberedMachine | undefined): boolean =>
  before !== undefined && before.joined === undefined;
