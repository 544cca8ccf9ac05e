/** Ends a Fiji and everything it started: polite signal, wait, force. */
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from './processes.ts';

export interface TerminateOptions {
  /** Milliseconds between the polite signal and force; 0 goes straight to force. */
  readonly graceMs: number;
  /** What the processes carry in their environment. */
  readonly token: string;
}

/** Resolves when no process of this Fiji is left. */
export async function terminate(leader: number, options: TerminateOptions): Promise<void> {
  const left = () => processesOf(leader, options.token);
  if (options.graceMs > 0) {
    for (const pid of await left()) signal(pid, 'SIGTERM');
    const end = Date.now() + options.graceMs;
    while (Date.now() < end && (await left()).length > 0) await sleep(25);
  }
  // A process may start another between the look and the signal: look until there is none.
  for (let pids = await left(); pids.length > 0; pids = await left()) {
    for (const pid of pids) signal(pid, 'SIGKILL');
    await sleep(10);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
