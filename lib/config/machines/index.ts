/**
 * What is known of EC2 machine types: vCPUs, memory, processor, GPUs, disks of their own.
 * The table is generated from the EC2 data that moto (PyPI, Apache-2.0) takes from AWS's own DescribeInstanceTypes;
 * `table.json` says which version and day. bin/update-machines.ts makes it anew.
 */
import table from './table.json' with { type: 'json' };

export type Architecture = 'x86_64' | 'arm64';

export interface Machine {
  readonly type: string;
  readonly vcpus: number;
  /** On the label. What it registers with ECS is less: the kernel and the agent take their part. */
  readonly memoryMiB: number;
  readonly architecture: Architecture;
  /** NVIDIA GPUs, or parts of one that count as one: the only ones that the ECS GPU image has drivers for. */
  readonly gpus: number;
  /** Instance store in GB, all disks together; 0 for a machine with EBS only. */
  readonly instanceStoreGB: number;
  /** Whether AWS sells it on the Spot market. */
  readonly spot: boolean;
}

/** A machine type as one short row of the table: [vCPUs, MiB, architecture, GPUs, instance store GB, spot]. */
export type MachineRow = readonly [number, number, Architecture, number, number, boolean];

const rows = table.types as unknown as Record<string, MachineRow>;

/** Where the facts come from, for messages: a type newer than this day is not in the table. */
export const machineTable: { readonly source: string; readonly date: string } = {
  source: table.source,
  date: table.date,
};

export const machineTypes: readonly string[] = Object.keys(rows);

/** Undefined for a type that is not in the table. */
export function machineOf(type: string): Machine | undefined {
  if (!Object.hasOwn(rows, type)) return undefined;
  const [vcpus, memoryMiB, architecture, gpus, instanceStoreGB, spot] = rows[type] as MachineRow;
  return { type, vcpus, memoryMiB, architecture, gpus, instanceStoreGB, spot };
}
