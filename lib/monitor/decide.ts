/**
 * What to do, from what is seen: the whole of the monitor's judgement, without a clock, a network or a random number.
 *
 *   seen ──► believed (demand.ts: two readings must agree) ──► planned (plan.ts) ──► actions (policies/)
 *
 * Every look decides anew from the state of things, so what was lost, refused or done by somebody else is simply seen
 * and decided again a minute later.
 */
import { readDemand, type Demand } from './demand.ts';
import { surveyFleet, type Fleet } from './fleet.ts';
import { attemptSeconds, keepAccount, newRun, startSeconds } from './ledger.ts';
import type { Memory, Pause, Run } from './memory.ts';
import { expiringNews, newsOf } from './news.ts';
import { planFleet } from './plan.ts';
import { hasEnded } from './policies/end-of-run.ts';
import { ghostsToDeregister } from './policies/ghosts.ts';
import { machinesToEnd } from './policies/machines-in.ts';
import { desiredMachines } from './policies/machines-out.ts';
import { judgePause, startsAfresh } from './policies/pause.ts';
import { shortSince } from './policies/shortage.ts';
import { stuckMachines } from './policies/stuck.ts';
import { resumeLaunching, suspensionsOf } from './policies/suspension.ts';
import { tasksToStart } from './policies/tasks.ts';
import type { Action, Decision, Ending, Mail, State } from './state.ts';

export function decide(state: State): Decision {
  if (isIdle(state)) return whileIdle(state);

  const fleet = surveyFleet(state);
  const demand = readDemand(state);
  const run = keepAccount(state.memory.run ?? newRun(state.now), state, fleet);
  const neverJoined = countNeverJoined(state, fleet);
  const pause = judgePause(state, fleet, { run, neverJoined });

  const plan = planFleet(state, fleet, demand, run, pause);
  const endings = [...stuckMachines(state, fleet, demand), ...machinesToEnd(state, fleet, plan)];
  const tasks = tasksToStart(fleet, state.settings.TASKS_PER_MACHINE, plan.newWorkers, endings);
  const ghosts = ghostsToDeregister(state, fleet);
  const ended = hasEnded(state, fleet, demand);
  const suspensions = suspensionsOf(state, fleet, plan);
  const mails = newsOf(state, { fleet, run, pause, endings, ended, suspensions });

  const actions: Action[] = [
    ...ghosts.actions,
    ...resumeLaunching(suspensions),
    ...desiredMachines(state, fleet, plan),
    ...endMachines(fleet, endings),
    ...(tasks > 0 ? [{ kind: 'start tasks', tasks } as const] : []),
    ...mails.map((mail) => ({ kind: 'mail', mail }) as const),
    ...putDashboard(state),
    ...removeDashboard(state, ended),
  ];
  const memory = remember(state, { fleet, demand, run, pause, endings, ended, neverJoined, mails });
  return {
    actions,
    memory: {
      ...memory,
      ghosts: { ...ghosts.seen },
      ...(tasks > 0 && { tasksStarted: state.now }),
    },
  };
}

/** Nothing waits, nothing runs, no run is remembered. */
function isIdle({ queue, enqueued, group, nodes, memory }: State): boolean {
  const waiting = queue.visible + queue.delayed + queue.inFlight + (enqueued ?? 0);
  const machines = group.desired + group.machines.length + nodes.length;
  return waiting + machines === 0 && memory.run === null;
}

/** Dead letters can expire while nothing runs. Otherwise nothing is done and nothing is written. */
function whileIdle(state: State): Decision {
  if (state.ages === undefined) return { actions: [], memory: state.memory };

  const mails = expiringNews(state);
  return {
    actions: mails.map((mail) => ({ kind: 'mail', mail })),
    memory: { ...state.memory, agesRead: state.now, mailed: noteMails(state, mails) },
  };
}

function noteMails({ memory, now }: State, mails: readonly Mail[]): Memory['mailed'] {
  return { ...memory.mailed, ...Object.fromEntries(mails.map(({ key }) => [key, now])) };
}

function endMachines(fleet: Fleet, endings: readonly Ending[]): Action[] {
  if (endings.length === 0) return [];
  const all = endings.length === fleet.there.length && endings.every(({ replace }) => !replace);
  return [{ kind: 'end machines', endings, all }];
}

/** It was removed when the last run ended. */
function putDashboard({ memory, settings }: State): Action[] {
  const name = settings.DASHBOARD_NAME;
  return memory.run === null && name !== undefined ? [{ kind: 'put dashboard', name }] : [];
}

function removeDashboard({ settings }: State, ended: boolean): Action[] {
  const name = settings.DASHBOARD_NAME;
  return ended && name !== undefined ? [{ kind: 'remove dashboard', name }] : [];
}

/** Machines in a row that never joined; one that joins breaks the row. */
function countNeverJoined({ now, memory, settings }: State, fleet: Fleet): number {
  const joins = fleet.there.some(
    ({ id, remembered }) => remembered.joined !== undefined && memory.machines[id]?.joined === undefined,
  );
  const late = fleet.there.filter(
    ({ phase, remembered }) =>
      phase === 'joining' &&
      remembered.ending !== true &&
      now - remembered.since > settings.MACHINE_START_MINUTES * 60_000,
  );
  return joins ? 0 : memory.neverJoined + late.length;
}

interface Judged {
  readonly fleet: Fleet;
  readonly demand: Demand;
  readonly run: Run;
  readonly pause: Pause | null;
  readonly endings: readonly Ending[];
  readonly ended: boolean;
  readonly neverJoined: number;
  readonly mails: readonly Mail[];
}

function remember(
  state: State,
  { fleet, demand, run, pause, endings, ended, neverJoined, mails }: Judged,
): Memory {
  const { memory, now } = state;
  const afresh = startsAfresh(memory.pause, pause);
  const ending = new Set(endings.map(({ machine }) => machine));

  return {
    ...memory,
    tick: memory.tick + 1,
    lastLook: now,
    claim: null,
    readings: ended ? [] : [...demand.readings],
    emptySince: ended ? null : demand.emptySince,
    machines: Object.fromEntries(
      fleet.machines.map(({ id, remembered }) => [
        id,
        { ...remembered, ...(ending.has(id) && { ending: true }) },
      ]),
    ),
    misfit: afresh ? null : memory.misfit,
    neverJoined: afresh ? 0 : neverJoined,
    shortSince: shortSince(state, fleet),
    run: ended ? null : afresh ? { ...run, failedInARow: 0, badStops: 0 } : run,
    pause: ended ? null : pause,
    // Warnings of expiring messages outlive a run, as the messages do.
    mailed: Object.fromEntries(
      Object.entries(noteMails(state, mails)).filter(([key]) => !ended || key.startsWith('retention')),
    ),
    prices: state.prices === undefined ? memory.prices : { at: now, pools: { ...state.prices } },
    agesRead: state.ages === undefined ? memory.agesRead : now,
    recordsRead: state.recordsRead,
    attemptSeconds: ended ? (attemptSeconds(memory, run) ?? null) : memory.attemptSeconds,
    startSeconds: startSeconds(memory, fleet),
  };
}
