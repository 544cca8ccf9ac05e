/**
 * What the monitor remembers from one look to the next: one small JSON object. Losing it costs patience, never a job:
 * every wait begins anew, and the run's sums with it.
 *
 * Times are milliseconds since the epoch.
 */
import { z } from 'zod';

const time = z.number();
const count = z.number().int().nonnegative();

export const reading = z.object({
  at: time,
  /** Jobs that a worker could have now. */
  visible: count,
  /** Jobs that wait out the pause after a failure. */
  delayed: count,
  /** Jobs that a worker holds. */
  inFlight: count,
});
/** SQS's own counts at one moment: approximate, sometimes a minute old, now and then plainly wrong. */
export type Reading = z.infer<typeof reading>;

const machine = z.object({
  /** When it was first seen in the group. */
  since: time,
  /** Its price's name: `m5.large us-east-1a`. */
  pool: z.string(),
  /** When it was first seen in the cluster. */
  joined: time.optional(),
  /** When its agent was first seen silent; absent while it speaks. */
  silent: time.optional(),
  /** When tasks were last placed on it. */
  placed: time.optional(),
  /** True once we ended it: its leaving is then no interruption. */
  ending: z.boolean().optional(),
  /** Workers that ended badly on it, with no job done since. */
  badStops: count.optional(),
});
export type RememberedMachine = z.infer<typeof machine>;

const run = z.object({
  since: time,
  /** Attempts as the records' names tell. */
  done: count,
  failed: count,
  dead: count,
  /** Attempts that failed since the last success. */
  failedInARow: count,
  /** Workers that ended badly since the last success. */
  badStops: count,
  /** What the last of them said. */
  badStopSaid: z.string().exactOptional(),
  /** When an attempt last ended, or the run began. */
  lastEnded: time,
  /** Seconds of machines, of those without a known price, and of those bought On-Demand. */
  machineSeconds: z.number(),
  unpricedSeconds: z.number(),
  onDemandSeconds: z.number(),
  /** Spot price of the machines, in US dollars. */
  dollars: z.number(),
  /** Seconds of workers: divided by the attempts that ended, what an attempt takes. */
  workerSeconds: z.number(),
  /** Machines that went without our ending them. */
  interrupted: count,
  /** Most machines at once. */
  peak: count,
});
/** From the first job seen until everything is at zero again. */
export type Run = z.infer<typeof run>;

export const PAUSES = [
  'jobs fail',
  'tasks do not fit',
  'workers are refused',
  'workers do not start',
  'machines do not join',
] as const;

const pause = z.object({
  kind: z.enum(PAUSES),
  since: time,
  why: z.string(),
  /** A new deployment may have mended it. */
  taskDefinition: z.string(),
  /** True after an hour: one machine tries whether it is still so. */
  probing: z.boolean(),
});
/** Why nothing more is started. */
export type Pause = z.infer<typeof pause>;

export const memory = z.object({
  schema: z.literal(1),
  /** Grows with every look that changed something. */
  tick: count,
  lastLook: time,
  /** Who acts at this moment. */
  claim: z.object({ by: z.string(), at: time }).nullable(),
  /** The last few, oldest first. */
  readings: z.array(reading),
  /** Since when every look has found nothing in the queue; a memory of an earlier version does not know. */
  emptySince: time.nullable().default(null),
  machines: z.record(z.string(), machine),
  /** Container instances whose machine is gone, by ARN: since when. */
  ghosts: z.record(z.string(), time),
  tasksStarted: time,
  /** RunTask's reason, while it starts nothing although there should be room; refused: it was not even looked for. */
  misfit: z.object({ reason: z.string(), refused: z.literal(true).exactOptional(), looks: count }).nullable(),
  /** Machines in a row that never joined. */
  neverJoined: count,
  /** Since when the group has had fewer machines than it wants. */
  shortSince: time.nullable(),
  run: run.nullable(),
  pause: pause.nullable(),
  /** When each kind of mail was last sent in this run. */
  mailed: z.record(z.string(), time),
  prices: z.object({ at: time, pools: z.record(z.string(), z.number()) }),
  agesRead: time,
  /** Up to when the records' names have been counted. */
  recordsRead: time,
  /** Seconds of a worker for one attempt, in the run before. */
  attemptSeconds: z.number().nullable(),
  /** Seconds from a machine's start to its joining the cluster; a slowly moving mean. */
  startSeconds: z.number(),
});
export type Memory = z.infer<typeof memory>;

/** Before a machine was ever seen to start: what an Amazon Linux image, its packages and an image of 2 GB take. */
const START_SECONDS = 180;

export const BLANK: Memory = {
  schema: 1,
  tick: 0,
  lastLook: 0,
  claim: null,
  readings: [],
  emptySince: null,
  machines: {},
  ghosts: {},
  tasksStarted: 0,
  misfit: null,
  neverJoined: 0,
  shortSince: null,
  run: null,
  pause: null,
  mailed: {},
  prices: { at: 0, pools: {} },
  agesRead: 0,
  recordsRead: 0,
  attemptSeconds: null,
  startSeconds: START_SECONDS,
};
