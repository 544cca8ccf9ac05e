/** Whether the kernel ended a process of this container for want of memory: it counts them in the control group. */
import { readFile } from 'node:fs/promises';

const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** Processes killed so far; undefined where the system does not tell. */
export async function killsForMemory(): Promise<number | undefined> {
  for (const file of COUNTERS) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return undefined;
}
