/** The machines, each as one thing: what the group, the cluster and memory know of it. */
import type { RememberedMachine } from './memory.ts';
import type { GroupMachine, Node, State } from './state.ts';

/**
 * joining   started, not yet in the cluster
 * ready     takes tasks
 * outdated  in the cluster with the worker of an earlier deployment: finishes what it has, gets nothing new
 * draining  takes no tasks: a Spot notice, or we are about to end it
 * silent    its agent has lost touch with ECS; what runs on it may go on running
 * leaving   being ended; counts no more towards desired
 */
export type Phase = 'joining' | 'ready' | 'outdated' | 'draining' | 'silent' | 'leaving';

export interface Machine {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly phase: Phase;
  readonly tasks: number;
  readonly pending: number;
  readonly node: Node | undefined;
  readonly remembered: RememberedMachine;
}

export interface Fleet {
  /** Every machine of the group. */
  readonly machines: readonly Machine[];
  /** Those that count towards desired: all but the leaving. */
  readonly there: readonly Machine[];
  /** Container instances whose machine is in the group no more. */
  readonly strays: readonly Node[];
}

export const poolOf = ({ type, zone }: { type: string; zone: string }): string => `${type} ${zone}`;

export function surveyFleet(state: State): Fleet {
  const nodes = new Map(state.nodes.map((node) => [node.machine, node]));
  const machines = state.group.machines.map((machine) => {
    const node = nodes.get(machine.id);
    const remembered = remember(state, machine, node);
    return {
      ...machine,
      phase: phaseOf(state, machine, node, remembered),
      tasks: node?.tasks ?? 0,
      pending: node?.pending ?? 0,
      node,
      remembered,
    };
  });
  const members = new Set(machines.map(({ id }) => id));

  return {
    machines,
    there: machines.filter(({ phase }) => phase !== 'leaving'),
    strays: state.nodes.filter(({ machine }) => !members.has(machine)),
  };
}

/** Being ended, or taken out of the group: it counts no more towards desired. */
export const isLeaving = ({ lifecycle }: GroupMachine): boolean => /^(Terminat|Detach)/.test(lifecycle);

const hasJoined = (node: Node): boolean => node.status === 'ACTIVE' || node.status === 'DRAINING';

function phaseOf(
  state: State,
  machine: GroupMachine,
  node: Node | undefined,
  remembered: RememberedMachine,
): Phase {
  if (isLeaving(machine)) return 'leaving';
  if (node === undefined || !hasJoined(node)) return remembered.joined === undefined ? 'joining' : 'silent';
  if (node.status === 'DRAINING') return 'draining';
  if (!node.connected) return 'silent';
  return node.worker === state.settings.WORKER_DIGEST ? 'ready' : 'outdated';
}

function remember(state: State, machine: GroupMachine, node: Node | undefined): RememberedMachine {
  const { now, memory } = state;
  const { silent, badStops, ...known } = memory.machines[machine.id] ?? { since: now, pool: poolOf(machine) };
  const joined = known.joined ?? (node !== undefined && hasJoined(node) ? now : undefined);
  const speaks = node?.connected ?? false;

  return {
    ...known,
    ...(joined !== undefined && { joined }),
    ...(joined !== undefined && !speaks && { silent: silent ?? now }),
    ...countBadStops(state, machine.id, node, badStops),
  };
}

/** In a row: a worker that runs, at a look that sees none end badly, begins the count anew. */
function countBadStops(
  state: State,
  id: string,
  node: Node | undefined,
  before = 0,
): Pick<RememberedMachine, 'badStops'> {
  const more = state.badStops.filter(({ machine }) => machine === id).length;
  const works = node !== undefined && node.tasks > node.pending;
  const count = more === 0 && works ? 0 : before + more;
  return count > 0 ? { badStops: count } : {};
}
