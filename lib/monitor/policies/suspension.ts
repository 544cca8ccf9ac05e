/**
 * A group whose processes are suspended starts (or ends) nothing, whatever it wants, and says nothing of it. AWS does
 * so by itself when a group could not start any machine for about 24 hours, and never takes it back:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
 */
import type { Fleet } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { Action, State, Suspension } from '../state.ts';

/** Those that machines come and go by. */
const NEEDED = ['Launch', 'Terminate'];

/** How AWS's reason begins when a person asked for it: a wish that is not ours to overrule. */
const BY_PERSON = /^User suspended/i;

export interface Suspensions {
  readonly byAws: readonly Suspension[];
  readonly byPeople: readonly Suspension[];
}

/** None while no job wants a machine that is not there: what nobody needs is left as it is. */
export function suspensionsOf({ group }: State, { there }: Fleet, plan: Plan): Suspensions {
  const inTheWay =
    plan.atLeast > there.length ? group.suspended.filter(({ process }) => NEEDED.includes(process)) : [];
  return {
    byAws: inTheWay.filter(({ reason }) => !BY_PERSON.test(reason)),
    byPeople: inTheWay.filter(({ reason }) => BY_PERSON.test(reason)),
  };
}

export function resumeLaunching({ byAws }: Suspensions): Action[] {
  return byAws.length > 0 ? [{ kind: 'resume launching', suspensions: byAws }] : [];
}
