/**
 * One worker process: started as ECS starts it, the bundle by its path and its settings as environment variables.
 *
 * It leads a process group of its own, so that Ctrl-C in the terminal reaches only the command, which then stops its
 * workers in order. Its standard input is a pipe that this process holds open: when this process dies, however it dies,
 * the system closes the pipe and the worker stops as if it had been sent SIGTERM.
 *
 * Stopping: SIGTERM (the worker gives its job back, ends its Fiji and leaves), wait, SIGKILL to the whole group.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Settles when the process is gone, or could not be started; never rejects. */
  readonly exited: Promise<WorkerExit>;
  /** Sends SIGTERM, waits for `graceMs` or until `now` is aborted, then ends the whole group. Settles when it is gone. */
  stop(graceMs: number, now: AbortSignal): Promise<void>;
}

/**
 * @param entry absolute path of the bundle's program
 * @param environment all of it: nothing is inherited
 * @param log file that receives what the worker prints, appended
 */
export function startWorker(
  entry: string,
  environment: Readonly<Record<string, string>>,
  log: string,
): WorkerProcess {
  const printed = openSync(log, 'a');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
    env: { ...environment },
    stdio: ['pipe', printed, printed],
    detached: true,
  });
  closeSync(printed);
  // The pipe breaks when the worker dies first: that is its exit's business.
  child.stdin?.on('error', () => undefined);
  const exited = exitOf(child);

  return {
    pid: child.pid,
    exited,
    stop: async (graceMs, now) => {
      child.kill('SIGTERM');
      const force = (): void => killGroup(child);
      const timer = setTimeout(force, graceMs);
      if (now.aborted) force();
      now.addEventListener('abort', force);
      await exited;
      clearTimeout(timer);
      now.removeEventListener('abort', force);
    },
  };
}

async function exitOf(child: ChildProcess): Promise<WorkerExit> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // A worker that died without a word leaves its Fiji behind, in the same group.
    killGroup(child);
    return { code, signal };
  } catch {
    return { code: null, signal: null };
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
