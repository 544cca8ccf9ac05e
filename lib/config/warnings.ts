/** What is allowed and yet worth a word. Whoever talks to the user prints it. */
import type { Config } from './derive.ts';
import { diskPerContainerGB, smallestOf } from './derive.ts';
import type { Problem } from './errors.ts';
import { machineOf } from './machines/index.ts';
import { literal } from './literal.ts';
import { nearestName } from './problems.ts';
import { knownRegions } from './regions.ts';
import type { OptionName } from './schema.ts';
import { memoryComfortMiB } from './sizing.ts';

export type ConfigWarning = Problem;

type Doubt = (config: Config) => readonly [option: OptionName, message: string, fix: string] | undefined;

const doubts: readonly Doubt[] = [
  (config) => {
    if (knownRegions.includes(config.AWS_REGION)) return undefined;
    const near = nearestName(config.AWS_REGION, knownRegions);
    return [
      'AWS_REGION',
      `AWS_REGION is ${literal(config.AWS_REGION)}, which is no region known here.`,
      `${near === undefined ? 'see AWS’s list of regions' : `write ${literal(near)} if that is what you mean`}; a region that is new works all the same.`,
    ];
  },

  (config) => {
    const { memoryMiB } = smallestOf(config.MACHINE_TYPE);
    const comfort = memoryComfortMiB(memoryMiB, !config.DOWNLOAD_FILES);
    const wanted = config.MEMORY * config.TASKS_PER_MACHINE;
    if (wanted <= comfort) return undefined;
    return [
      'MEMORY',
      `MEMORY ${String(config.MEMORY)} x TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)} is tight on a machine of ${String(memoryMiB)} MiB: some machines may have no room for all containers.`,
      `write MEMORY: ${String(Math.floor(comfort / config.TASKS_PER_MACHINE))} to be sure, or take machine types with more memory.`,
    ];
  },

  (config) => {
    const disk = diskPerContainerGB(config);
    if (disk >= IMAGE_GB + 1) return undefined;
    return [
      'EBS_VOL_SIZE',
      `EBS_VOL_SIZE ${String(config.EBS_VOL_SIZE)} / TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)} leaves ${disk.toFixed(1)} GB for each container, and the machine's disk holds the image too (a Fiji is 1-${String(IMAGE_GB)} GB).`,
      `write EBS_VOL_SIZE: ${String(10 * config.TASKS_PER_MACHINE)} if a job needs more.`,
    ];
  },

  (config) => {
    const machines = config.MACHINE_TYPE.flatMap((type) => machineOf(type) ?? []);
    const sizes = new Set(
      machines.map(({ vcpus, memoryMiB }) => `${String(vcpus)} cores, ${String(memoryMiB)} MiB`),
    );
    if (sizes.size < 2) return undefined;
    return [
      'MACHINE_TYPE',
      `MACHINE_TYPE has machines of different sizes (${[...sizes].join('; ')}): containers are sized for the smallest, and what the larger ones have more is paid for and not used.`,
      'choose types of one size.',
    ];
  },

  (config) => {
    const { vcpus } = smallestOf(config.MACHINE_TYPE);
    const room = Math.floor((1024 * vcpus) / config.CPU_SHARES);
    if (room <= config.TASKS_PER_MACHINE) return undefined;
    return [
      'CPU_SHARES',
      `CPU_SHARES ${String(config.CPU_SHARES)} leaves room for ${String(room)} containers on a machine, more than TASKS_PER_MACHINE ${String(config.TASKS_PER_MACHINE)}.`,
      'leave CPU_SHARES out: it is then made to fit.',
    ];
  },

  (config) => {
    const { gpus } = smallestOf(config.MACHINE_TYPE);
    if (gpus === 0 || gpus >= config.TASKS_PER_MACHINE) return undefined;
    return [
      'TASKS_PER_MACHINE',
      `TASKS_PER_MACHINE is ${String(config.TASKS_PER_MACHINE)}, but the machine has ${String(gpus)} GPU: a GPU serves one container, so the containers get none.`,
      `write TASKS_PER_MACHINE: ${String(gpus)} if your script uses the GPU.`,
    ];
  },

  (config) => {
    if (config.SSH_KEY_NAME === undefined || config.SSH_CIDR !== undefined) return undefined;
    return [
      'SSH_KEY_NAME',
      `SSH_KEY_NAME is ${literal(config.SSH_KEY_NAME)}, but without SSH_CIDR no port is open for it.`,
      "write SSH_CIDR: 'your.ip.address/32', or use Session Manager in the AWS console and leave SSH_KEY_NAME out.",
    ];
  },
];

/** An unpacked image with Fiji is 1-4 GB. */
const IMAGE_GB = 4;

export function warningsFor(config: Config): ConfigWarning[] {
  return doubts.flatMap((doubt) => {
    const found = doubt(config);
    if (found === undefined) return [];
    const [option, message, fix] = found;
    return [{ option, value: config[option], message, fix }];
  });
}
