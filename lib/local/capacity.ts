/** How many jobs this machine runs at a time. */
import { availableParallelism, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly memoryMiB: number;
}

export interface Capacity {
  /** Worker processes, each with one Fiji and one job at a time. */
  readonly workers: number;
  /** Memory of each, in MiB: its Java heap follows it. */
  readonly memoryMiB: number;
  readonly coresEach: number;
  /** Why so many, in one line for people. */
  readonly reason: string;
}

/** A fifth of the memory stays with the system, the browser and the queue. */
const USABLE = 0.8;

const MIB = 1024 * 1024;

/** A container's limits count, not the machine it is on. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { cores: availableParallelism(), memoryMiB: Math.floor(bytes / MIB) };
}

/**
 * @param memoryMiB what each job is to have: MEMORY of the config
 * @param jobs there are: more workers would have nothing to do
 * @param asked number that the user wants, whatever we think of it
 */
export function capacityOf(
  machine: Machine,
  {
    memoryMiB,
    jobs,
    asked,
  }: { readonly memoryMiB: number; readonly jobs: number; readonly asked?: number | undefined },
): Capacity {
  const usable = Math.floor(machine.memoryMiB * USABLE);
  const fit = Math.max(1, Math.floor(usable / memoryMiB));
  const workers = asked ?? Math.max(1, Math.min(machine.cores, fit, jobs));
  const each = Math.min(memoryMiB, Math.floor(usable / workers));
  return {
    workers,
    memoryMiB: each,
    coresEach: Math.max(1, Math.floor(machine.cores / workers)),
    reason: reasonFor(),
  };

  function reasonFor(): string {
    const gib = (mib: number): string => `${(mib / 1024).toFixed(1).replace(/\.0$/, '')} GB`;
    const share =
      each < memoryMiB ? `${gib(each)} each, less than the ${gib(memoryMiB)} of MEMORY` : `${gib(each)} each`;
    if (asked !== undefined) return `--workers; ${share}`;
    if (workers === jobs) return `one for each job; ${share}`;
    if (workers === machine.cores) return `one for each core; ${share}`;
    return `${share}: no more fit into this machine's ${gib(machine.memoryMiB)}; MEMORY in config.ts changes it`;
  }
}
