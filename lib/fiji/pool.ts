/**
 * Fijis on demand for one worker.
 *
 * A job takes the Fiji that waits (started while the last job ran, or the one that served it) or starts one. When a
 * Fiji serves its last job, the next one is started beside it. After anything but success a Fiji is ended with all its
 * children before the output is taken: nothing it started can still be writing.
 */
import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { classify, timeoutReason } from './classify.ts';
import type { FijiInstallation, FijiPool, ScriptJob, ScriptRun } from './fiji.ts';
import type { ScriptOutcome } from './outcome.ts';
import { runnerFolder } from './runner/path.ts';
import { Channel } from './session/channel.ts';
import { macroNeedsScreen, openDisplay, type VirtualDisplay } from './session/display.ts';
import { SessionFolder } from './session/folder.ts';
import { CappedLog } from './session/log.ts';
import { killsForMemory } from './session/killed.ts';
import { watchMemory } from './session/memory.ts';
import { FijiStartError, Session } from './session/session.ts';
import { watchWindows } from './session/watch-windows.ts';

export interface FijiPoolOptions {
  readonly fiji: FijiInstallation;
  /** Absolute path of a scratch folder for this pool alone; made if missing. */
  readonly folder: string;
  /** Jobs that one Fiji process serves before it is replaced; 1 gives every job a pristine one. */
  readonly jobsPerFiji: number;
  /** Run Fiji on a screen that nobody sees instead of headless. */
  readonly virtualDisplay: boolean;
  /** Java heap of each Fiji, in MiB. Two may live at once while the next one is prepared; it is small until it works. */
  readonly heapMiB: number;
  /** Cores that are this worker's share. @default all that Java sees */
  readonly cores?: number;
  /** Environment of Fiji. @default that of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Start the next Fiji while the current one serves its last job. @default true */
  readonly prepareNext?: boolean;
  /** A script that jobs will run: the first Fiji starts at once, with its language. */
  readonly script?: string;
  /** Milliseconds that a Fiji may take to start. @default 5 minutes */
  readonly startTimeoutMs?: number;
  /** How often a script that runs is looked at, whether it waits at a dialog. @default 1 minute */
  readonly lookEveryMs?: number;
}

const INTERRUPTED: ScriptOutcome = { kind: 'interrupted', reason: 'The worker was told to stop.' };
const START_TIMEOUT_MS = 5 * 60_000;
/** Between the polite signal and force: after a timeout, and for a job that must be given back quickly. */
const GRACE_MS = { timeout: 5000, interrupted: 2000 };

/** Opens a pool. No Fiji starts before the first job, unless `script` is given. */
export async function openFijiPool(options: FijiPoolOptions): Promise<FijiPool> {
  await mkdir(options.folder, { recursive: true });
  const pool = new Pool(options, await Channel.open());
  if (options.script !== undefined) pool.prepare(options.script);
  return pool;
}

class Pool implements FijiPool {
  readonly #options: FijiPoolOptions;
  readonly #channel: Channel;
  readonly #sessions = new Set<Session>();
  /** Ready, or getting ready, for the next job. */
  #next: Promise<Session> | undefined;
  #nextOnScreen = false;
  #display: Promise<VirtualDisplay> | undefined;
  #folders = 0;
  #closed = false;

  constructor(options: FijiPoolOptions, channel: Channel) {
    this.#options = options;
    this.#channel = channel;
  }

  /** Starts a Fiji for scripts like this one, if none waits. */
  prepare(script: string): void {
    if (this.#closed || this.#next) return;
    this.#nextOnScreen = this.#needsScreen(script);
    this.#next = this.#start(script, this.#nextOnScreen);
    this.#next.catch(() => undefined);
  }

  async run<T>(job: ScriptJob, takeOutput: (output: string, run: ScriptRun) => Promise<T>): Promise<T> {
    const session = await this.#takeUnlessAborted(job);
    if (!session) return this.#neverStarted(takeOutput);
    const { jobsPerFiji, prepareNext = true } = this.#options;
    const last = session.jobs + 1 >= jobsPerFiji;
    if (last && prepareNext) this.prepare(job.script);

    const { run, clean } = await this.#runIn(session, job, !last);
    const keep = !last && clean && session.alive;
    if (!keep) {
      await session.kill(0);
      if (!last && prepareNext) this.prepare(job.script);
    }
    try {
      return await takeOutput(session.folder.output, run);
    } finally {
      if (keep) {
        await session.folder.clean();
        this.#next = Promise.resolve(session);
        this.#nextOnScreen = session.display !== undefined;
      } else await this.#discard(session);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#next = undefined;
    await Promise.all([...this.#sessions].map((session) => this.#discard(session)));
    this.#channel.close();
    await (await this.#display?.catch(() => undefined))?.close();
  }

  /** Undefined when the caller's signal comes first: a Fiji takes seconds to start, and a worker told to stop has few. */
  async #takeUnlessAborted(job: ScriptJob): Promise<Session | undefined> {
    const taking = this.#take(job);
    const taken = await orStopped(taking, { ...job, timeoutMs: undefined });
    if (typeof taken !== 'string') return taken;
    // The Fiji that comes too late waits for the next job, if there is one.
    if (this.#next) taking.then((late) => this.#discard(late)).catch(() => undefined);
    else this.#next = taking;
    this.#next?.catch(() => undefined);
    return undefined;
  }

  async #neverStarted<T>(takeOutput: (output: string, run: ScriptRun) => Promise<T>): Promise<T> {
    const folder = new SessionFolder(join(this.#options.folder, `none-${++this.#folders}`));
    try {
      return await takeOutput(folder.output, { outcome: INTERRUPTED, milliseconds: 0 });
    } finally {
      await folder.remove();
    }
  }

  async #take(job: ScriptJob): Promise<Session> {
    const next = this.#next;
    this.#next = undefined;
    // One that failed to start while two were in memory may well start alone.
    const waiting = await next?.catch(() => undefined);
    if (waiting?.alive && this.#nextOnScreen === this.#needsScreen(job.script)) return waiting;
    if (waiting) await this.#discard(waiting);
    return this.#start(job.script, this.#needsScreen(job.script));
  }

  #needsScreen(script: string): boolean {
    return this.#options.virtualDisplay || macroNeedsScreen(this.#options.fiji, script);
  }

  async #start(script: string, onScreen: boolean): Promise<Session> {
    const { fiji, heapMiB, cores, jobsPerFiji, env = process.env } = this.#options;
    const display = onScreen ? (await (this.#display ??= openDisplay(env))).name : undefined;
    if (this.#closed)
      throw new FijiStartError(
        'A Fiji was asked for after its pool was closed.',
        'This is a mistake in Distributed-Fiji: please report it.',
      );
    const session = new Session({
      fiji,
      heapMiB,
      forOneJob: jobsPerFiji === 1,
      env,
      channel: this.#channel,
      runner: runnerFolder(),
      folder: new SessionFolder(join(this.#options.folder, `fiji-${++this.#folders}`)),
      ...(cores === undefined ? {} : { cores }),
      ...(display === undefined ? {} : { display }),
      warmUp: extension(script),
      startTimeoutMs: this.#options.startTimeoutMs ?? START_TIMEOUT_MS,
    });
    this.#sessions.add(session);
    try {
      await session.ready;
    } catch (thrown) {
      await this.#discard(session);
      throw thrown;
    }
    return session;
  }

  async #discard(session: Session): Promise<void> {
    await session.end(0);
    this.#sessions.delete(session);
  }

  async #runIn(
    session: Session,
    job: ScriptJob,
    reused: boolean,
  ): Promise<{ readonly run: ScriptRun; readonly clean: boolean }> {
    const log = new CappedLog(job.log);
    const memory = watchMemory(session.leader, session.jvm);
    const killsBefore = await killsForMemory();
    const started = performance.now();
    const endWatch = watchWindows(session, job.onWaiting, this.#options.lookEveryMs);
    try {
      const running = session.run({ script: job.script, parameters: job.parameters, reused }, log);
      const ended = await orStopped(running, job);
      endWatch();
      let outcome: ScriptOutcome;
      if (ended === 'timeout') {
        outcome = { kind: 'timeout', reason: timeoutReason(job.script, job.timeoutMs, await session.look()) };
      } else if (ended === 'interrupted') outcome = INTERRUPTED;
      else {
        outcome = classify(ended, {
          script: job.script,
          heapMiB: this.#options.heapMiB,
          headless: session.display === undefined,
          printed: log.last,
          diskFull: log.diskFull,
          killedForMemory: ended.kind === 'gone' && ((await killsForMemory()) ?? 0) > (killsBefore ?? 0),
        });
      }
      const milliseconds = performance.now() - started;
      const peakMemoryBytes = await memory.stop();
      if (typeof ended === 'string') {
        await session.kill(GRACE_MS[ended]);
        await running;
      }
      // A script that was refused never ran: its Fiji is as good as new.
      const good =
        typeof ended === 'object' &&
        ended.kind === 'reported' &&
        (outcome.kind === 'success' || ended.fields['kind'] === 'refused');
      const clean = good && ended.fields['leftovers'] === undefined;
      return {
        clean,
        run: { outcome, milliseconds, ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }) },
      };
    } finally {
      endWatch();
      log.close();
    }
  }
}

/** What was waited for, or that its time is up, or that the caller wants it stopped. */
async function orStopped<T>(
  waitedFor: Promise<T>,
  { timeoutMs, signal }: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal },
): Promise<T | 'timeout' | 'interrupted'> {
  if (signal?.aborted) return 'interrupted';
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const stopped = new Promise<'timeout' | 'interrupted'>((resolve) => {
    if (timeoutMs !== undefined) timer = setTimeout(() => resolve('timeout'), timeoutMs);
    abort = () => resolve('interrupted');
    signal?.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([waitedFor, stopped]);
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
  }
}

function extension(script: string): string {
  return extname(script).slice(1).toLowerCase();
}
