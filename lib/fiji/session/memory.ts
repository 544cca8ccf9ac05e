/** Peak resident memory of a Fiji and its children while one job runs. Absent where the system does not tell. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { processesOf } from './processes.ts';

const EVERY_MS = 1000;

/** Watches from now on; `stop` tells the peak in bytes. The JVM's own peak is exact, that of short-lived children sampled. */
export function watchMemory(leader: number, jvm: number): { stop(): Promise<number | undefined> } {
  let peak = 0;
  const started = forgetPeak(jvm);
  const sample = async () => {
    const pids = await processesOf(leader);
    const sizes = await Promise.all(pids.map((pid) => resident(pid, 'VmRSS')));
    peak = Math.max(
      peak,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  };
  const timer = setInterval(() => void sample().catch(() => undefined), EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await started;
      peak = Math.max(peak, await resident(jvm, 'VmHWM'));
      return peak > 0 ? peak : undefined;
    },
  };
}

/** Linux keeps the highest mark of a process; writing 5 here sets it back to what is used now. */
async function forgetPeak(pid: number): Promise<void> {
  if (process.platform === 'linux') await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
}

/** Bytes; 0 when the process has ended. */
async function resident(pid: number, mark: 'VmRSS' | 'VmHWM'): Promise<number> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return Number(new RegExp(`^${mark}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return Number(stdout.trim() || 0) * 1024;
}
