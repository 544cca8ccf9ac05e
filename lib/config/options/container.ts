/** What each container gets, and how Fiji runs in it. */
import { flag, positive, whole } from '../values.ts';

export const container = {
  /**
   * Memory of each container in MiB. A hard limit; Java's heap follows it.
   * @default 6000
   */
  MEMORY: whole('MiB', { min: 512 }).default(6000),

  /**
   * Cores that each Fiji may count on for its threads. Containers may use what the others leave idle.
   * @default the machine's cores / TASKS_PER_MACHINE, rounded down, at least 1
   */
  DOCKER_CORES: whole('cores', { min: 1 }).optional(),

  /**
   * CPU units that ECS sets aside for each container; 1024 make a core. Exactly TASKS_PER_MACHINE containers fit
   * when it is left out.
   * @default 1024 x the machine's cores / TASKS_PER_MACHINE, rounded down
   */
  CPU_SHARES: whole('CPU units (1024 a core)', { min: 128 }).optional(),

  /**
   * Seconds between the starts of two workers on the same machine, so that not all load images at once.
   * @default 0
   */
  SECONDS_TO_START: whole('seconds', { min: 0, max: 3600 }).default(0),

  /**
   * Jobs that one Fiji process serves before it is replaced. 1: a pristine Fiji for every job. More: far faster for
   * short jobs; images, tables and ROIs are cleared between jobs, and an error replaces it.
   * @default 1
   */
  JOBS_PER_FIJI: whole('jobs', { min: 1 }).default(1),

  /**
   * Whether Fiji runs under a virtual screen (Xvfb, which the image must have), for scripts and macros that cannot
   * run headless.
   * @default false
   */
  VIRTUAL_DISPLAY: flag().default(false),

  /**
   * Minutes after which a job is stopped and counts as failed; at most 690, because a job can be held for 12 hours
   * only.
   * @default 120
   */
  JOB_TIMEOUT_MINUTES: positive('minutes', { max: 690, why: 'SQS ends every lease after 12 hours' }).default(
    120,
  ),
};
