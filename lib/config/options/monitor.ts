/** Who watches the run, what it shows, and when it stops spending. */
import { flag, whole } from '../values.ts';

export const monitor = {
  /**
   * Whether a monitor in AWS starts and ends machines as the queue fills and empties. `false`: you keep
   * `npm run monitor` open in a terminal.
   * @default true
   */
  AUTO_MONITOR: flag().default(true),

  /**
   * Whether to make a CloudWatch dashboard of jobs, machines and price. The first three of an account cost nothing.
   * @default true
   */
  CREATE_DASHBOARD: flag().default(true),

  /**
   * Whether there is a dashboard only while jobs are: the monitor puts it when a run begins and removes it at its end. `false`: from deploy to destroy.
   * @default true
   */
  CLEAN_DASHBOARD: flag().default(true),

  /**
   * Seconds that the queue must have stayed empty before a worker leaves, and its machine can end.
   * @default 60
   */
  WORKER_IDLE_SECONDS: whole('seconds', { min: 20, max: 3600 }).default(60),

  /**
   * Minutes after which a machine without work ends itself, should the monitor have died.
   * @default 15
   */
  MACHINE_IDLE_MINUTES: whole('minutes', { min: 5, max: 720 }).default(15),

  /**
   * Minutes that a new machine has to join the cluster before it is ended and replaced.
   * @default 15
   */
  MACHINE_START_MINUTES: whole('minutes', { min: 5, max: 120 }).default(15),

  /**
   * When this many attempts in a row have failed and none succeeded, no further machine is started until one does.
   * 0: never stop.
   * @default 50
   */
  FAILURES_BEFORE_PAUSE: whole('failed attempts', { min: 0 }).default(50),

  /**
   * Minutes without any job ending, while jobs wait, until you are told.
   * @default JOB_TIMEOUT_MINUTES x 1.5, rounded up, at least 30
   */
  STALLED_AFTER_MINUTES: whole('minutes', { min: 5, max: 1440 }).optional(),
};
