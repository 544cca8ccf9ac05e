/**
 * Container instances whose machine is gone. ECS forgets a machine that ended properly; one whose agent had lost touch
 * stays registered for ever, and the cluster could not be deleted.
 */
import type { Fleet } from '../fleet.ts';
import type { Action, State } from '../state.ts';

/** Longer than ECS and the group take to agree on an ordinary end. Milliseconds. */
const WAIT = 300_000;

export interface Ghosts {
  readonly actions: readonly Action[];
  /** By ARN: since when it has been seen without machine and voice. */
  readonly seen: Readonly<Record<string, number>>;
}

export function ghostsToDeregister(state: State, fleet: Fleet): Ghosts {
  const ghosts = fleet.strays
    .filter(({ connected }) => !connected)
    .map((node) => ({ node, since: state.memory.ghosts[node.arn] ?? state.now }));
  const isDue = ({ since }: { since: number }): boolean => state.now - since >= WAIT;

  return {
    actions: ghosts
      .filter(isDue)
      .map(({ node }) => ({ kind: 'deregister', node: node.arn, machine: node.machine })),
    seen: Object.fromEntries(
      ghosts.filter((ghost) => !isDue(ghost)).map(({ node, since }) => [node.arn, since]),
    ),
  };
}
