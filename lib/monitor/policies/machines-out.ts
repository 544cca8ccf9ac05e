/** What the group should want: more at once when jobs are certain, fewer only down to what is there. */
import type { Fleet } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { Action, State } from '../state.ts';

export function desiredMachines({ group }: State, fleet: Fleet, plan: Plan): Action[] {
  const there = fleet.there.length;

  if (plan.atLeast > Math.max(group.desired, there)) {
    return [
      // It ends busy machines to even out zones, and CloudFormation cannot switch it off.
      ...(group.rebalances ? [{ kind: 'suspend rebalancing' } as const] : []),
      { kind: 'set desired', machines: plan.atLeast, from: group.desired, why: 'jobs wait' },
    ];
  }
  // Below what is there the group would choose what to end, and might choose a busy machine: each is ended by name.
  const lower = Math.max(there, plan.atMost);
  if (lower < group.desired) {
    const why = 'no job waits for the machines that have not come';
    return [{ kind: 'set desired', machines: lower, from: group.desired, why }];
  }
  return [];
}
