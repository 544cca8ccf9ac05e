/**
 * How much memory containers can get of a machine. What registers with ECS is the kernel's total, not the label:
 * 93.7% on an 8 GiB machine, more on larger ones, less what ECS_RESERVED_MEMORY holds back for agent and system.
 * AWS publishes no figure for each type, so a config is refused past what no machine can register, and warned of
 * where only some do.
 */

/** ECS_RESERVED_MEMORY in /etc/ecs/ecs.config. */
export const RESERVED_MEMORY_MIB = 256;

/** What Mountpoint for S3 takes at least on each machine (its `memory-target`), without DOWNLOAD_FILES. */
export const MOUNT_MEMORY_MIB = 512;

/** Of a machine's first disk: what the ECS image comes as. Docker has the other one (EBS_VOL_SIZE). */
export const SYSTEM_DISK_GB = 30;

/** No machine registers more than this for containers. */
export function memoryLimitMiB(labelMiB: number): number {
  return Math.floor(labelMiB * 0.96) - RESERVED_MEMORY_MIB;
}

/** Every machine registers this much for containers, and the mount has its part. */
export function memoryComfortMiB(labelMiB: number, mounted: boolean): number {
  return Math.floor(labelMiB * 0.92) - RESERVED_MEMORY_MIB - (mounted ? MOUNT_MEMORY_MIB : 0);
}
