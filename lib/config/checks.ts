/** What belongs together: each check names the options it compares, and is left out while one of them is wrong. */
import { type Config, diskPerContainerGB, smallestOf } from './derive.ts';
import type { Problem } from './errors.ts';
import { machineOf, machineTable, machineTypes } from './machines/index.ts';
import { literal } from './literal.ts';
import { nearestName } from './problems.ts';
import { parseUploadFlags, UploadFlagsError } from '../store/upload-flags.ts';
import type { OptionName } from './schema.ts';
import { memoryLimitMiB } from './sizing.ts';

interface Check {
  readonly options: readonly OptionName[];
  readonly find: (config: Config) => readonly Problem[];
}

const problem = (option: OptionName, config: Config, message: string, fix: string): Problem => ({
  option,
  value: config[option],
  message,
  fix,
});

/** A check of one sentence: wrong when `broken` gives one. */
function rule(
  options: readonly [OptionName, ...OptionName[]],
  broken: (config: Config) => readonly [message: string, fix: string] | undefined,
): Check {
  return {
    options,
    find: (config) => {
      const found = broken(config);
      return found === undefined ? [] : [problem(options[0], config, ...found)];
    },
  };
}

const knownMachines: Check = {
  options: ['MACHINE_TYPE'],
  find: (config) =>
    config.MACHINE_TYPE.filter((type) => machineOf(type) === undefined).map((type) => {
      const near = nearestName(type, machineTypes);
      return problem(
        'MACHINE_TYPE',
        config,
        `MACHINE_TYPE has ${literal(type)}, which is no machine type known on ${machineTable.date}.`,
        `${near === undefined ? 'write a type such as' : 'write'} ${literal(near ?? 'm5.large')}; for one newer than that day, see bin/update-machines.ts.`,
      );
    }),
};

const allKnown = (config: Config): boolean =>
  config.MACHINE_TYPE.every((type) => machineOf(type) !== undefined);

const uploadFlags: Check = {
  options: ['UPLOAD_FLAGS'],
  find: (config) => {
    try {
      parseUploadFlags(config.UPLOAD_FLAGS);
      return [];
    } catch (error) {
      if (!(error instanceof UploadFlagsError)) throw error;
      return [problem('UPLOAD_FLAGS', config, `${error.message}.`, error.fix ?? 'leave UPLOAD_FLAGS out.')];
    }
  },
};

const checks: readonly Check[] = [
  knownMachines,
  uploadFlags,

  rule(['MACHINE_TYPE'], (config) => {
    const repeated = config.MACHINE_TYPE.find((type, index) => config.MACHINE_TYPE.indexOf(type) < index);
    if (repeated === undefined) return undefined;
    return [`MACHINE_TYPE has ${literal(repeated)} twice, which AWS refuses.`, 'write each type once.'];
  }),

  rule(['MACHINE_TYPE'], (config) => {
    const ofArchitecture = (wanted: string): string[] =>
      config.MACHINE_TYPE.filter((type) => machineOf(type)?.architecture === wanted);
    const [x86, arm] = [ofArchitecture('x86_64'), ofArchitecture('arm64')];
    if (x86.length === 0 || arm.length === 0) return undefined;
    return [
      `MACHINE_TYPE mixes x86 (${x86.join(', ')}) and ARM (${arm.join(', ')}), but one image runs on one of them.`,
      `keep only ${literal(x86)}, or only ${literal(arm)} if your image is made for ARM.`,
    ];
  }),

  // The first Graviton lacks what Amazon Linux 2023, the machines' system, is compiled for: they would never join.
  rule(['MACHINE_TYPE'], (config) => {
    const old = config.MACHINE_TYPE.filter((type) => type.startsWith('a1.'));
    if (old.length === 0) return undefined;
    return [
      `MACHINE_TYPE has ${literal(old)}, on which the system of ECS's machines (Amazon Linux 2023) does not run.`,
      'choose newer ARM machines, such as m6g or m7g, of the same size.',
    ];
  }),

  rule(['MACHINE_TYPE', 'ON_DEMAND_MACHINES', 'CLUSTER_MACHINES'], (config) => {
    const unsold = config.MACHINE_TYPE.filter((type) => machineOf(type)?.spot === false);
    if (unsold.length === 0 || config.ON_DEMAND_MACHINES >= config.CLUSTER_MACHINES) return undefined;
    return [
      `MACHINE_TYPE has ${literal(unsold)}, which Amazon does not sell as Spot machines.`,
      `choose others, or buy all machines On-Demand: ON_DEMAND_MACHINES: ${String(config.CLUSTER_MACHINES)}.`,
    ];
  }),

  rule(['MEMORY', 'TASKS_PER_MACHINE', 'MACHINE_TYPE'], (config) => {
    if (!allKnown(config)) return undefined;
    const { memoryMiB } = smallestOf(config.MACHINE_TYPE);
    const limit = memoryLimitMiB(memoryMiB);
    const wanted = config.MEMORY * config.TASKS_PER_MACHINE;
    if (wanted <= limit) return undefined;
    const memory = Math.floor(limit / config.TASKS_PER_MACHINE);
    const tasks = Math.floor(limit / config.MEMORY);
    return [
      `MEMORY ${String(config.MEMORY)} x TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)} is ${String(wanted)} MiB, but the smallest MACHINE_TYPE has ${String(memoryMiB)} MiB, of which containers can get ${String(limit)} at most.`,
      'write ' +
        [
          ...(memory >= 512 ? [`MEMORY: ${String(memory)} or less`] : []),
          ...(tasks >= 1 ? [`TASKS_PER_MACHINE: ${String(tasks)}`] : []),
          'take machine types with more memory',
        ].join(', or ') +
        '.',
    ];
  }),

  rule(['EBS_VOL_SIZE', 'TASKS_PER_MACHINE'], (config) => {
    if (diskPerContainerGB(config) > 0) return undefined;
    const least = 2 * config.TASKS_PER_MACHINE;
    return [
      `EBS_VOL_SIZE ${String(config.EBS_VOL_SIZE)} GB leaves no disk for each of TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)} containers (EBS_VOL_SIZE / TASKS_PER_MACHINE - 2 GB).`,
      `write EBS_VOL_SIZE: ${String(Math.max(22, 10 * config.TASKS_PER_MACHINE))} (it must be more than ${String(least)}), or fewer TASKS_PER_MACHINE.`,
    ];
  }),

  rule(['DOCKER_CORES', 'MACHINE_TYPE'], (config) => {
    const { vcpus } = smallestOf(config.MACHINE_TYPE);
    if (!allKnown(config) || config.DOCKER_CORES <= vcpus) return undefined;
    return [
      `DOCKER_CORES is ${String(config.DOCKER_CORES)}, but the smallest MACHINE_TYPE has ${String(vcpus)} cores.`,
      `write DOCKER_CORES: ${String(vcpus)} or less, or leave it out.`,
    ];
  }),

  rule(['CPU_SHARES', 'TASKS_PER_MACHINE', 'MACHINE_TYPE'], (config) => {
    const { vcpus } = smallestOf(config.MACHINE_TYPE);
    const share = Math.floor((1024 * vcpus) / config.TASKS_PER_MACHINE);
    if (!allKnown(config) || config.CPU_SHARES <= share) return undefined;
    return [
      `CPU_SHARES ${String(config.CPU_SHARES)} x TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)} is more than the ${String(1024 * vcpus)} CPU units of the smallest MACHINE_TYPE (${String(vcpus)} cores).`,
      `write CPU_SHARES: ${String(share)} or less, or leave it out.`,
    ];
  }),

  rule(['ON_DEMAND_MACHINES', 'CLUSTER_MACHINES'], (config) => {
    if (config.ON_DEMAND_MACHINES <= config.CLUSTER_MACHINES) return undefined;
    return [
      `ON_DEMAND_MACHINES is ${String(config.ON_DEMAND_MACHINES)}, more than CLUSTER_MACHINES, which is ${String(config.CLUSTER_MACHINES)}.`,
      `write ON_DEMAND_MACHINES: ${String(config.CLUSTER_MACHINES)} or less, or more CLUSTER_MACHINES.`,
    ];
  }),

  rule(['SQS_DEAD_LETTER_QUEUE', 'SQS_QUEUE_NAME'], (config) => {
    if (config.SQS_DEAD_LETTER_QUEUE.split(':').at(-1) !== config.SQS_QUEUE_NAME) return undefined;
    return [
      `SQS_DEAD_LETTER_QUEUE and SQS_QUEUE_NAME are both ${literal(config.SQS_QUEUE_NAME)}: a job that fails would come back for ever.`,
      `write SQS_DEAD_LETTER_QUEUE: ${literal(`${config.APP_NAME}DeadMessages`)}.`,
    ];
  }),

  rule(['SQS_DEAD_LETTER_QUEUE', 'AWS_REGION'], (config) => {
    const region = /^arn:[^:]+:sqs:([^:]+):/.exec(config.SQS_DEAD_LETTER_QUEUE)?.[1];
    if (region === undefined || region === config.AWS_REGION) return undefined;
    return [
      `SQS_DEAD_LETTER_QUEUE is in ${region}, but AWS_REGION is ${literal(config.AWS_REGION)}: SQS wants both queues in one region.`,
      `name a queue of ${config.AWS_REGION}, or write AWS_REGION: ${literal(region)}.`,
    ];
  }),

  rule(['SSH_CIDR', 'SSH_KEY_NAME'], (config) => {
    if (config.SSH_CIDR === undefined || config.SSH_KEY_NAME !== undefined) return undefined;
    return [
      `SSH_CIDR is ${literal(config.SSH_CIDR)}, but there is no SSH_KEY_NAME to log in with.`,
      'add SSH_KEY_NAME, or leave SSH_CIDR out.',
    ];
  }),

  rule(['ASSIGN_IP', 'VPC_ID'], (config) => {
    if (config.ASSIGN_IP || config.VPC_ID !== undefined) return undefined;
    return [
      'ASSIGN_IP is false, but the network made for the run has no other way out: machines could not reach ECS or the image.',
      'write ASSIGN_IP: true, or name a network with a NAT gateway in VPC_ID.',
    ];
  }),

  rule(['USE_EXISTING_CLUSTER', 'ECS_CLUSTER', 'APP_NAME'], (config) => {
    if (!config.USE_EXISTING_CLUSTER || config.ECS_CLUSTER !== config.APP_NAME) return undefined;
    return [
      `USE_EXISTING_CLUSTER is true, but ECS_CLUSTER is ${literal(config.ECS_CLUSTER)}, the cluster that the run makes for itself.`,
      'write the name of your cluster in ECS_CLUSTER, or leave USE_EXISTING_CLUSTER out.',
    ];
  }),

  rule(['STALLED_AFTER_MINUTES', 'JOB_TIMEOUT_MINUTES'], (config) => {
    if (config.STALLED_AFTER_MINUTES > config.JOB_TIMEOUT_MINUTES) return undefined;
    return [
      `STALLED_AFTER_MINUTES is ${String(config.STALLED_AFTER_MINUTES)}, but a job may take JOB_TIMEOUT_MINUTES ${String(config.JOB_TIMEOUT_MINUTES)}: you would be told of runs that are well.`,
      `write STALLED_AFTER_MINUTES: ${String(Math.ceil(config.JOB_TIMEOUT_MINUTES * 1.5))}, or a smaller JOB_TIMEOUT_MINUTES.`,
    ];
  }),
];

/** Every rule that is broken, save those about options that are wrong in themselves. */
export function brokenRules(config: Config, wrong: ReadonlySet<string>): Problem[] {
  return checks
    .filter(({ options }) => !options.some((option) => wrong.has(option)))
    .flatMap(({ find }) => find(config));
}
