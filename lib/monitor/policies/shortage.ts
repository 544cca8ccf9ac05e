/** Machines that AWS does not give: which, where, and what helps, instead of waiting in silence. */
import type { Fleet } from '../fleet.ts';
import type { FailedLaunch, State } from '../state.ts';

/** A fleet is often complete within minutes; only later is it a shortage. Milliseconds. */
const PATIENCE = 300_000;

export function shortSince(state: State, fleet: Fleet): number | null {
  return state.group.desired > fleet.there.length ? (state.memory.shortSince ?? state.now) : null;
}

export interface Shortage {
  readonly missing: number;
  /** One line for each thing that AWS said, with the fix. */
  readonly lines: readonly string[];
}

export function shortageOf(state: State, fleet: Fleet): Shortage | undefined {
  const since = shortSince(state, fleet);
  if (since === null || state.now - since < PATIENCE || state.failedLaunches.length === 0) return undefined;

  return {
    missing: state.group.desired - fleet.there.length,
    lines: [...new Set(state.failedLaunches.map((launch) => inWords(state, launch)))],
  };
}

/** The codes and sentences of Auto Scaling's activities. */
const KNOWN: readonly (readonly [RegExp, (what: string) => string])[] = [
  [
    /UnfulfillableCapacity|InsufficientInstanceCapacity|no Spot capacity|do not have sufficient|capacity-not-available/i,
    (what) =>
      `no Spot machine is free of ${what}. Add machine types to MACHINE_TYPE; or wait, the group keeps asking`,
  ],
  [
    /MaxSpotInstanceCountExceeded|Max spot instance count exceeded/i,
    () =>
      'your account’s limit of Spot machines is reached. Ask for more under Service Quotas, EC2, "Spot Instance Requests"',
  ],
  [
    /VcpuLimitExceeded|InstanceLimitExceeded/i,
    () => 'your account’s limit of On-Demand machines is reached. Ask for more under Service Quotas, EC2',
  ],
  [
    /SpotMaxPriceTooLow|price-too-low|lower than the minimum required/i,
    (what) => `MACHINE_PRICE is below today’s Spot price of ${what}. Raise it`,
  ],
  [
    /not supported in your requested Availability Zone|Unsupported/i,
    (what) => `AWS does not offer ${what}. Choose other machine types`,
  ],
];

function inWords({ group }: State, { message, zone }: FailedLaunch): string {
  const named = group.types.filter((type) => message.includes(type));
  const zones = group.zones.filter((each) => message.includes(each));
  const types = (named.length > 0 ? named : group.types).join(', ');
  const where = (zones.length > 0 ? zones : zone ? [zone] : group.zones).join(', ');

  const known = KNOWN.find(([pattern]) => pattern.test(message));
  return known ? known[1](`${types} in ${where}`) : `${message} (${types} in ${where})`;
}
