/**
 * When to stop starting things: machines that only watch jobs fail cost as much as machines that work.
 * A pause ends with the first success, with a new deployment, when `enqueue` sends more, or, unless it was the jobs
 * themselves, after an hour with a try on one machine.
 */
import type { Fleet } from '../fleet.ts';
import type { Pause, Run } from '../memory.ts';
import type { State } from '../state.ts';
import { misfitInWords } from './misfit.ts';

/** Looks in a row at which no task was started before it counts: a machine that has just joined may need one. */
const MISFITS = 3;

/**
 * Workers that ended badly, with no attempt that ended among them, before it counts. Some always run when workers end as
 * soon as they start and are started anew: so that a healthy fleet at long jobs is not taken for that, these must
 * outnumber those that run several times; but a hundred are enough for any fleet.
 */
const BAD_STOPS = { least: 10, eachRunning: 3, most: 100 } as const;

const NEVER_JOINED = 3;
const PROBE_AFTER = 3_600_000;

type Reason = Pick<Pause, 'kind' | 'why'>;

/** What the fleet knows of failures after this look. */
export interface Troubles {
  readonly run: Run;
  /** Machines in a row that never joined. */
  readonly neverJoined: number;
}

export function judgePause(state: State, fleet: Fleet, troubles: Troubles): Pause | null {
  const { memory, now, settings } = state;
  const before = isLifted(state) ? null : memory.pause;
  const fresh = isLifted(state) && memory.pause !== null;
  // What lifted the pause also means that the old counts prove nothing any more.
  const reason = fresh ? undefined : reasonOf(state, fleet, troubles);

  if (before === null) {
    return reason
      ? { ...reason, since: now, taskDefinition: settings.TASK_DEFINITION, probing: false }
      : null;
  }
  if (before.probing) return reason ? { ...before, ...reason, since: now, probing: false } : before;
  const due = before.kind !== 'jobs fail' && now - before.since >= PROBE_AFTER;
  return due ? { ...before, probing: true } : before;
}

/** Whether what is remembered of failures is to be forgotten: a pause was lifted, or begins its try. */
export function startsAfresh(before: Pause | null, after: Pause | null): boolean {
  return before !== null && (after === null || (after.probing && !before.probing));
}

function isLifted({ memory, ended, enqueued, settings }: State): boolean {
  if (memory.pause === null) return true;
  return ended.done > 0 || enqueued !== undefined || memory.pause.taskDefinition !== settings.TASK_DEFINITION;
}

function reasonOf(state: State, fleet: Fleet, { run, neverJoined }: Troubles): Reason | undefined {
  const { memory, settings } = state;
  const limit = settings.FAILURES_BEFORE_PAUSE;
  const working = fleet.there.some(({ tasks, pending }) => tasks > pending);
  const inCluster = fleet.there.some(({ phase }) => phase === 'ready');

  if (limit > 0 && run.failedInARow >= limit) {
    return {
      kind: 'jobs fail',
      why: `${run.failedInARow} attempts in a row failed and none succeeded`,
    };
  }
  if (memory.misfit !== null && memory.misfit.looks >= MISFITS && !working) {
    return {
      kind: memory.misfit.refused ? 'workers are refused' : 'tasks do not fit',
      why: misfitInWords(state, memory.misfit),
    };
  }
  if (run.badStops >= tooManyBadStops(fleet)) {
    const { badStops, badStopSaid: said } = run;
    return {
      kind: 'workers do not start',
      why: `${badStops} workers in a row ended before a job did${said ? `; the last said: ${said}` : ''}`,
    };
  }
  if (neverJoined >= NEVER_JOINED && !inCluster) {
    return {
      kind: 'machines do not join',
      why: `${neverJoined} machines in a row did not join the cluster in ${settings.MACHINE_START_MINUTES} minutes`,
    };
  }
  return undefined;
}

function tooManyBadStops({ there }: Fleet): number {
  const { least, eachRunning, most } = BAD_STOPS;
  const running = there.reduce((sum, { tasks, pending }) => sum + tasks - pending, 0);
  return Math.max(least, Math.min(eachRunning * running, most));
}
