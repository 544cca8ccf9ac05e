/** Everything that follows from the options: the one place where it is worked out. */
import { type Architecture, type Machine, machineOf } from './machines/index.ts';
import type { ParsedOptions } from './schema.ts';

type FilledIn =
  | 'SOURCE_BUCKET'
  | 'DESTINATION_BUCKET'
  | 'ECS_CLUSTER'
  | 'SQS_QUEUE_NAME'
  | 'SQS_DEAD_LETTER_QUEUE'
  | 'LOG_GROUP_NAME'
  | 'DOCKER_CORES'
  | 'CPU_SHARES'
  | 'STALLED_AFTER_MINUTES';

/** A config that passed every check, with each default applied, those that follow from other options included. */
export type Config = Readonly<
  Omit<ParsedOptions, FilledIn> & {
    [Option in FilledIn]: NonNullable<ParsedOptions[Option]>;
  }
>;

export interface Derived {
  /** What each container may fill of the disk, in GB: EBS_VOL_SIZE / TASKS_PER_MACHINE - 2. */
  readonly diskPerContainerGB: number;
  /** The least of each fact over MACHINE_TYPE: what every one of them has. */
  readonly smallestMachine: Omit<Machine, 'type'>;
  readonly architecture: Architecture;
  /** NVIDIA GPUs that every machine type has. */
  readonly gpus: number;
  /** GPUs for each container; containers past the GPUs' number share none. */
  readonly gpusPerTask: number;
  /** CLUSTER_MACHINES x TASKS_PER_MACHINE: jobs at a time, at most. */
  readonly maxTasks: number;
  /** CloudFormation's names take no underscore. */
  readonly stackName: string;
  /** ECS task definition family. */
  readonly taskFamily: string;
  /** The monitor's Lambda, by which `enqueue` wakes it. */
  readonly monitorFunctionName: string;
  /** CloudWatch dashboard. */
  readonly dashboardName: string;
  /** Log group of what machines and containers print, beside LOG_GROUP_NAME for the jobs. */
  readonly machineLogGroupName: string;
  /** The dead-letter queue's own name, without the rest of an ARN. */
  readonly deadLetterQueueName: string;
  /** Whether the dead-letter queue is somebody else's: used, and never removed. */
  readonly deadLetterQueueExists: boolean;
  /** Whether ECS_CLUSTER is somebody else's: joined, and never removed. */
  readonly clusterExists: boolean;
}

/** Fills in the options whose defaults are other options. */
export function fillIn(options: ParsedOptions): Config {
  const machine = smallestOf(options.MACHINE_TYPE);
  const tasks = options.TASKS_PER_MACHINE;
  return {
    ...options,
    SOURCE_BUCKET: options.SOURCE_BUCKET ?? options.AWS_BUCKET,
    DESTINATION_BUCKET: options.DESTINATION_BUCKET ?? options.AWS_BUCKET,
    ECS_CLUSTER: options.ECS_CLUSTER ?? options.APP_NAME,
    SQS_QUEUE_NAME: options.SQS_QUEUE_NAME ?? `${options.APP_NAME}Queue`,
    SQS_DEAD_LETTER_QUEUE: options.SQS_DEAD_LETTER_QUEUE ?? `${options.APP_NAME}DeadMessages`,
    LOG_GROUP_NAME: options.LOG_GROUP_NAME ?? options.APP_NAME,
    DOCKER_CORES: options.DOCKER_CORES ?? Math.max(1, Math.floor(machine.vcpus / tasks)),
    CPU_SHARES: options.CPU_SHARES ?? Math.floor((1024 * machine.vcpus) / tasks),
    STALLED_AFTER_MINUTES:
      options.STALLED_AFTER_MINUTES ?? Math.max(30, Math.ceil(options.JOB_TIMEOUT_MINUTES * 1.5)),
  };
}

export function derive(config: Config): Derived {
  const machine = smallestOf(config.MACHINE_TYPE);
  return {
    diskPerContainerGB: diskPerContainerGB(config),
    smallestMachine: machine,
    architecture: machine.architecture,
    gpus: machine.gpus,
    gpusPerTask: Math.floor(machine.gpus / config.TASKS_PER_MACHINE),
    maxTasks: config.CLUSTER_MACHINES * config.TASKS_PER_MACHINE,
    // Reversible, as APP_NAME has no `--` of its own: two names never share a stack.
    stackName: config.APP_NAME.replaceAll('_', '--'),
    taskFamily: `${config.APP_NAME}Task`,
    monitorFunctionName: `${config.APP_NAME}Monitor`,
    dashboardName: config.APP_NAME,
    machineLogGroupName: `${config.LOG_GROUP_NAME}_perInstance`,
    deadLetterQueueName: config.SQS_DEAD_LETTER_QUEUE.split(':').at(-1) as string,
    deadLetterQueueExists:
      config.USE_EXISTING_DEAD_LETTER_QUEUE || config.SQS_DEAD_LETTER_QUEUE.startsWith('arn:'),
    clusterExists: config.USE_EXISTING_CLUSTER || config.ECS_CLUSTER === 'default',
  };
}

/** The ancestor's rule; it counts GB, and so do we. */
export function diskPerContainerGB(options: Pick<Config, 'EBS_VOL_SIZE' | 'TASKS_PER_MACHINE'>): number {
  return options.EBS_VOL_SIZE / options.TASKS_PER_MACHINE - 2;
}

/** What every one of these types has. Types that are not in the table have been refused before. */
export function smallestOf(types: readonly string[]): Omit<Machine, 'type'> {
  const known = types.flatMap((type) => machineOf(type) ?? []);
  const least = (fact: (machine: Machine) => number): number => Math.min(...known.map(fact));
  return {
    vcpus: least((machine) => machine.vcpus),
    memoryMiB: least((machine) => machine.memoryMiB),
    architecture: known[0]?.architecture ?? 'x86_64',
    gpus: least((machine) => machine.gpus),
    instanceStoreGB: least((machine) => machine.instanceStoreGB),
    spot: known.every((machine) => machine.spot),
  };
}
