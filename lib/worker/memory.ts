/**
 * How much of the container's memory Java may use for images. The rest is for what Java needs beside its heap (code,
 * threads, native libraries such as TensorFlow's), for a second Fiji that waits for its job, and for this worker: a
 * container that passes its limit is killed whole, without a word to the user, while a full heap is an error with a name.
 */
const LEAST_REST_MIB = 512;
const SHARE_OF_REST = 0.2;
/** Less than this and Fiji does not start at all. */
const LEAST_HEAP_MIB = 128;

/** @param memoryMiB MEMORY, the container's limit */
export function heapMiB(memoryMiB: number): number {
  const rest = Math.max(LEAST_REST_MIB, memoryMiB * SHARE_OF_REST);
  return Math.max(LEAST_HEAP_MIB, Math.floor(memoryMiB - rest));
}
