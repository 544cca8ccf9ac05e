/**
 * Which machines to end. Only one that runs nothing is in question here (stuck.ts knows the one exception); acting looks
 * once more before it ends it.
 */
import type { Fleet, Machine } from '../fleet.ts';
import { useful, type Plan } from '../plan.ts';
import type { Ending, State } from '../state.ts';

/** What RunTask began may not show at once: a machine is not taken for empty so soon after. Milliseconds. */
const SETTLE = 60_000;

/** An agent that says nothing for so long has lost its machine; it is ended when nothing is known to run there. */
const SILENT_FOR = 600_000;

/** So many workers in a row that ended badly on one machine: it is the machine, unless it is so on every other. */
const BAD_STOPS = 3;

export function machinesToEnd(state: State, fleet: Fleet, plan: Plan): Ending[] {
  const useless = fleet.there.flatMap((machine) => {
    const reason = machine.tasks === 0 ? uselessBecause(state, fleet, machine) : undefined;
    return reason === undefined ? [] : [{ machine, ...reason }];
  });
  const uselessIds = new Set(useless.map(({ machine }) => machine.id));
  const sound = useful(fleet).filter(({ id }) => !uselessIds.has(id));

  // Those still wanted are replaced: the group then starts another by itself.
  const missing = plan.atLeast - (fleet.there.length - useless.length);
  return [
    ...useless.map(({ machine, why, faulty }, index) => ({
      machine: machine.id,
      node: machine.node,
      why,
      faulty,
      replace: index < missing,
    })),
    ...surplusOf(state, sound, plan).map((machine) => ({
      machine: machine.id,
      node: machine.node,
      why: 'there is no job for it',
      faulty: false,
      replace: false,
    })),
  ];
}

type Reason = Pick<Ending, 'why' | 'faulty'>;

/** Why an empty machine is of no use; undefined for a sound one. */
function uselessBecause(state: State, fleet: Fleet, machine: Machine): Reason | undefined {
  const { phase, remembered } = machine;
  const { now, settings } = state;
  const minutes = settings.MACHINE_START_MINUTES;
  const silent = now - (remembered.silent ?? now);

  switch (phase) {
    case 'joining':
      if (now - remembered.since <= minutes * 60_000) return undefined;
      return { why: `it did not join the cluster in ${minutes} minutes`, faulty: true };
    case 'silent':
      return silent > SILENT_FOR ? { why: 'its ECS agent has fallen silent', faulty: true } : undefined;
    case 'ready':
      if (!failsWorkers(machine) || othersAllFail(fleet, machine)) return undefined;
      return { why: `${remembered.badStops} workers in a row ended badly on it`, faulty: true };
    case 'outdated':
      return { why: 'it has the worker of an earlier deployment', faulty: false };
    case 'draining':
      return { why: 'it takes no more tasks', faulty: false };
    case 'leaving':
      return undefined;
  }
}

const failsWorkers = ({ remembered }: Machine): boolean => (remembered.badStops ?? 0) >= BAD_STOPS;

/** Then it is the workers (policies/pause.ts), and machines in their place would do no better. */
function othersAllFail({ there }: Fleet, machine: Machine): boolean {
  const others = there.filter(({ id, phase }) => phase === 'ready' && id !== machine.id);
  return others.length > 0 && others.every(failsWorkers);
}

function surplusOf({ now }: State, sound: readonly Machine[], plan: Plan): readonly Machine[] {
  const empty = sound.filter(
    ({ tasks, remembered }) => tasks === 0 && now - (remembered.placed ?? 0) >= SETTLE,
  );
  // The youngest first: what is still starting is furthest from being useful.
  const youngestFirst = empty.toSorted((a, b) => b.remembered.since - a.remembered.since);
  return youngestFirst.slice(0, Math.max(0, sound.length - plan.keep));
}
