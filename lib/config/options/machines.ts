/** The cluster and its machines. */
import { z } from 'zod';
import { flag, optionalText, positive, text, whole } from '../values.ts';

const machineType = text("a machine type, such as 'm5.large'", /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/);

export const machines = {
  /**
   * Name of the ECS cluster that the machines join. It is created with the run and removed with it, except `default`
   * and, with USE_EXISTING_CLUSTER, any other that you have.
   * @default APP_NAME
   */
  ECS_CLUSTER: optionalText(
    'a cluster name of 1-255 letters, digits, hyphens and underscores',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/,
  ),

  /**
   * Whether ECS_CLUSTER exists already: then it is joined, and stays when the run is removed.
   * @default false
   */
  USE_EXISTING_CLUSTER: flag().default(false),

  /**
   * Most machines at a time. The monitor starts fewer when there are fewer jobs, and none when there are none.
   * @default 3
   */
  CLUSTER_MACHINES: whole('machines', { min: 1, max: 5000 }).default(3),

  /**
   * How many of CLUSTER_MACHINES are bought On-Demand: dearer, and never taken away. The rest are Spot machines.
   * @default 0
   */
  ON_DEMAND_MACHINES: whole('machines', { min: 0 }).default(0),

  /**
   * Containers, each with one Fiji and one job at a time, on each machine. They share its memory, cores and disk.
   * @default 1
   */
  TASKS_PER_MACHINE: whole('containers', { min: 1 }).default(1),

  /**
   * Machine types that may be started: AWS takes those with the best price and supply. Several of one size make
   * Spot machines easier to get. All x86 or all ARM; the smallest must hold MEMORY x TASKS_PER_MACHINE.
   * @default ['m5.large', 'm5a.large', 'm6a.large', 'm6i.large']
   */
  MACHINE_TYPE: z
    .union([z.array(machineType).min(1).max(40), machineType.transform((type) => [type])], {
      error: "a list of 1-40 machine types, such as ['m5.large', 'm5a.large']",
    })
    .default(['m5.large', 'm5a.large', 'm6a.large', 'm6i.large']),

  /**
   * Most that you pay for one machine, in US dollars an hour. Spot prices are usually far below; a price too low
   * means no machines.
   * @default 0.1
   */
  MACHINE_PRICE: positive('a price in dollars an hour').default(0.1),

  /**
   * Disk of each machine in GB, at least 22: it holds the unpacked image (1-4 GB), and each container gets
   * EBS_VOL_SIZE / TASKS_PER_MACHINE - 2 GB.
   * @default 30
   */
  EBS_VOL_SIZE: whole('GB', { min: 22, max: 16384 }).default(30),

  /**
   * How images reach the script: `false` mounts the bucket (only what is read is fetched), `true` copies each job's
   * files to the disk first and removes them after.
   * @default false
   */
  DOWNLOAD_FILES: flag().default(false),
};
