/** The worker as machines carry it: machines and task must agree on each of these. */
import { createHash } from 'node:crypto';
import type { Config, Derived } from '../config/index.ts';
import type { Artifacts } from './artifacts.ts';
import { HOST_FOLDER, hostScripts } from './user-data.ts';

/** Two minutes pass between a Spot notice and the end; what is under way is given back in less. */
export const STOP_TIMEOUT_SECONDS = 100;

/** The mounted bucket on the machine. */
export const MOUNT_FOLDER = `${HOST_FOLDER}/bucket`;

export interface WorkerOnMachine {
  /**
   * Of the worker, its Node, and all else that a task relies on its machine for: in the folder's name, the machines'
   * attribute, the placement constraint. A machine of an earlier deployment gets new tasks as long as this is the same.
   */
  readonly digest: string;
  /** On the machine. */
  readonly folder: string;
  /** File name of the C library's loader, through which Node is started. */
  readonly loader: string;
  readonly containerDiskBytes: number;
}

export function workerOnMachine(config: Config, derived: Derived, artifacts: Artifacts): WorkerOnMachine {
  const reliedOn = [
    artifacts.worker.digest,
    artifacts.node.digest,
    hostScripts(),
    // The mount that a task expects, and the room that so many tasks of this size expect.
    config.DOWNLOAD_FILES ? 'no mount' : config.SOURCE_BUCKET,
    config.TASKS_PER_MACHINE,
    config.EBS_VOL_SIZE,
    config.MEMORY,
    config.CPU_SHARES,
    derived.gpusPerTask,
  ];
  const contents = createHash('sha256').update(JSON.stringify(reliedOn)).digest('hex');
  // Begins with a letter: ECS's query language would read some hashes as numbers (12e4).
  const digest = `w${contents.slice(0, 16)}`;
  return {
    digest,
    folder: `${HOST_FOLDER}/workers/${digest}`,
    loader: derived.architecture === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2',
    containerDiskBytes: Math.floor(derived.diskPerContainerGB * 1e9),
  };
}
