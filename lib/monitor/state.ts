/** What the monitor sees at one moment, and what it may do about it. */
import type { Tally } from '../records/key.ts';
import type { Memory, Reading } from './memory.ts';
import type { MonitorSettings } from './settings.ts';

/** A machine as the Auto Scaling group lists it. */
export interface GroupMachine {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  /** `Pending`, `InService`, `Terminating:Wait` ... */
  readonly lifecycle: string;
}

/** A process of the group that does nothing until it is resumed. */
export interface Suspension {
  /** `Launch`, `Terminate`, `AZRebalance` ... */
  readonly process: string;
  /** AWS's words: `User suspended at 2026-11-22T12:00:00Z`, or why AWS did so by itself. */
  readonly reason: string;
}

export interface Group {
  readonly desired: number;
  readonly max: number;
  /** Machine types and zones that it may choose from, for messages. */
  readonly types: readonly string[];
  readonly zones: readonly string[];
  /** Whether it would end busy machines to even out its zones. */
  readonly rebalances: boolean;
  readonly suspended: readonly Suspension[];
  readonly machines: readonly GroupMachine[];
}

/** A machine as ECS knows it: a container instance that carries our attribute. */
export interface Node {
  readonly arn: string;
  /** EC2 instance id. */
  readonly machine: string;
  /** `ACTIVE`, `DRAINING`, `REGISTERING` ... */
  readonly status: string;
  /** Whether its agent speaks to ECS. */
  readonly connected: boolean;
  /** Tasks of other people's services on it: they do not hold it. */
  readonly guests: number;
  /** Tasks of other people in a shared cluster that are no service's: they hold it as ours do. */
  readonly strangers: number;
  /** Tasks that hold it: running or about to. */
  readonly tasks: number;
  /** Those of them that are about to run. */
  readonly pending: number;
  /** Digest of its worker bundle. */
  readonly worker: string | undefined;
  /** MiB that it registered. */
  readonly memory: number | undefined;
}

/** A worker that ended other than by finishing. */
export interface BadStop {
  readonly machine: string | undefined;
  readonly reason: string;
}

/** What Auto Scaling says of a launch that failed. */
export interface FailedLaunch {
  readonly message: string;
  readonly zone: string | undefined;
}

export interface State {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly settings: MonitorSettings;
  readonly queue: Omit<Reading, 'at'>;
  /** Messages in the dead-letter queue. */
  readonly deadLetters: number;
  /** Jobs that `enqueue` just said it has sent: a second witness beside SQS's counts. */
  readonly enqueued: number | undefined;
  readonly group: Group;
  readonly nodes: readonly Node[];
  /** How attempts ended since the last look. */
  readonly ended: Tally;
  /** Up to when the records' names are counted in `ended`. */
  readonly recordsRead: number;
  /** How every attempt of the run ended, counted once more when nothing is left. */
  readonly recount: Tally | undefined;
  /** Since the last look; read only after tasks were started. */
  readonly badStops: readonly BadStop[];
  /** Of the last minutes; read only while machines are missing. */
  readonly failedLaunches: readonly FailedLaunch[];
  /** Dollars an hour by pool (`m5.large us-east-1a`), when they were read anew. */
  readonly prices: Readonly<Record<string, number>> | undefined;
  /** Seconds that the oldest message of each queue has waited, when they were read. */
  readonly ages: { readonly queue: number | undefined; readonly deadLetters: number | undefined } | undefined;
  readonly memory: Memory;
}

/** A machine to end. */
export interface Ending {
  readonly machine: string;
  /** What it is in the cluster, if it has joined. */
  readonly node: Node | undefined;
  readonly why: string;
  /** Whether something was wrong with it: then somebody is told. */
  readonly faulty: boolean;
  /** Whether the group is to start another in its place. */
  readonly replace: boolean;
  /** Why it is ended although tasks are counted on it; undefined: only if it runs nothing. */
  readonly thoughBusy?: 'no job is left' | 'its agent is silent';
}

export interface Mail {
  /** Its name in `memory.mailed`. */
  readonly key: string;
  readonly subject: string;
  readonly body: string;
}

/** In the order in which they are done. */
export type Action =
  | { readonly kind: 'put dashboard'; readonly name: string }
  | { readonly kind: 'suspend rebalancing' }
  | { readonly kind: 'resume launching'; readonly suspensions: readonly Suspension[] }
  | { readonly kind: 'deregister'; readonly node: string; readonly machine: string }
  | { readonly kind: 'set desired'; readonly machines: number; readonly from: number; readonly why: string }
  | {
      readonly kind: 'end machines';
      readonly endings: readonly Ending[];
      /** True when nothing else is in the group: it then goes to zero in one call. */
      readonly all: boolean;
    }
  | { readonly kind: 'start tasks'; readonly tasks: number }
  | { readonly kind: 'mail'; readonly mail: Mail }
  | { readonly kind: 'remove dashboard'; readonly name: string };

export interface Decision {
  readonly actions: readonly Action[];
  /** What to remember, once the actions are done. */
  readonly memory: Memory;
}
