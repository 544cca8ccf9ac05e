/**
 * One run of a job file on this machine, from the lock on the output folder to the last record.
 *
 *   lock -> what is done already -> queue -> workers -> jobs into the queue -> queue empty -> workers stopped -> result
 *
 * Stopped at any moment, by Ctrl-C or by SIGKILL, the same call goes on where it was: a job is done when its record says
 * so, and whatever has no such record is sent again. Outputs of a job that is done twice are replaced whole.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadMessageError, type JobFile } from '../jobs/index.ts';
import { parseMessage, type JobMessage } from '../jobs/parse-message.ts';
import { sendAll } from '../queue/send.ts';
import { alreadyDone } from '../records/done.ts';
import { RecordReader } from '../records/reader.ts';
import { runPrefix, type JobRecord } from '../records/record.ts';
import { FolderStore } from '../store/folder-store.ts';
import { folderError } from '../store/store-error.ts';
import { bundleWorker } from '../worker/bundle.ts';
import { startCrew, WorkerDiedError, workerLog, type Crew } from './crew.ts';
import { startEmbeddedQueue, type EmbeddedQueue } from './embedded-queue.ts';
import { windowed } from './feed.ts';
import { lockFolder } from './lock.ts';
import { Tracker, type Progress } from './progress.ts';
import { WaitingWindows } from './waiting-windows.ts';
import { redriveAfter } from '../worker/settings.ts';
import { LEASE_SECONDS, workerEnvironment, type WorkerPlan } from './worker-environment.ts';

export interface LocalRunOptions extends Omit<WorkerPlan, 'queue'> {
  readonly jobFile: JobFile;
  /** Hex, of the script as it is now: a job that was done with another one is done again. */
  readonly scriptSha256: string;
  /** Aborted: jobs under way are given back, and the run ends. */
  readonly signal: AbortSignal;
  /** Aborted: nothing is waited for any more. */
  readonly now: AbortSignal;
  /** Twice a second, and once at the end. */
  readonly onProgress: (progress: Progress) => void;
}

export interface LocalRunResult {
  /** Jobs in the job file. */
  readonly total: number;
  /** Of these, what earlier runs had done. */
  readonly before: number;
  /** Done in this one. */
  readonly succeeded: number;
  /** The last record of each job that failed. */
  readonly failed: readonly JobRecord[];
  /** Jobs whose worker died each time that it had them; there is no record of them. */
  readonly killed: readonly JobMessage[];
  /** Why the run ended before its jobs had: no worker could work any more. */
  readonly gaveUp: WorkerDiedError | undefined;
  readonly stopped: boolean;
  /** Titles of dialogs at which jobs waited when the run was stopped. */
  readonly windows: readonly string[];
}

const NOTHING_TO_DO = { killed: [], gaveUp: undefined, windows: [] };

const POLL_MS = 500;

/** For giving jobs back, and for Fiji to end. */
const GRACE_MS = 20_000;

/**
 * @throws RunInProgressError, EmbeddedQueueError, StoreError
 */
export async function runLocally(options: LocalRunOptions): Promise<LocalRunResult> {
  const lock = await lockFolder(options.destination);
  try {
    const { config, jobFile, destination, scriptSha256 } = options;
    const store = new FolderStore(destination);
    const names = { store, appName: config.APP_NAME, run: jobFile.run };
    const done = config.CHECK_IF_DONE_BOOL ? await alreadyDone({ ...names, scriptSha256 }) : undefined;
    const before = done === undefined ? 0 : await count(jobFile.messages(), (job) => done.has(job));
    const tracker = new Tracker(new RecordReader(store, config.APP_NAME, jobFile.run), {
      total: jobFile.count,
      before,
    });
    const missing = filter(jobFile.messages(), (job) => done === undefined || !done.has(job));

    const { killed, gaveUp, windows } =
      before === jobFile.count ? NOTHING_TO_DO : await work(options, missing, tracker);
    options.onProgress(tracker.progress(0));
    return {
      total: jobFile.count,
      before,
      succeeded: tracker.succeeded,
      failed: tracker.failed,
      killed,
      gaveUp,
      stopped: options.signal.aborted,
      windows,
    };
  } finally {
    await lock.release();
  }
}

/** What the workers leave when all is over. */
async function work(
  options: LocalRunOptions,
  jobs: AsyncIterable<JobMessage>,
  tracker: Tracker,
): Promise<Pick<LocalRunResult, 'killed' | 'gaveUp' | 'windows'>> {
  const { config, jobFile, destination, capacity } = options;
  const logs = join(destination, runPrefix(config.APP_NAME, jobFile.run), 'workers');
  await mkdir(logs, { recursive: true }).catch((error: unknown) => {
    throw folderError(error, { doing: 'Writing', key: 'workers', location: logs });
  });
  const { entry } = await bundleWorker();
  const files = Array.from({ length: capacity.workers }, (_, index) => workerLog(logs, index + 1));
  const windows = await WaitingWindows.from(files);
  const queue = await startEmbeddedQueue({
    visibilitySeconds: LEASE_SECONDS,
    maxReceives: redriveAfter(options.tries),
  });
  try {
    const environment = workerEnvironment({ ...options, queue }, process.env);
    const crew = startCrew({
      size: capacity.workers,
      entry,
      environment,
      jobsEnded: () => tracker.ended,
      logs,
    });
    let gaveUp: WorkerDiedError | undefined;
    try {
      await untilDone(options, { jobs, tracker, queue, crew, windows });
    } catch (error) {
      if (!(error instanceof WorkerDiedError)) throw error;
      gaveUp = error; // told once it is known what was done, and what failed
    } finally {
      await crew.stop(GRACE_MS, options.now);
    }
    await tracker.update();
    const dead = (await queue.takeDead()).flatMap(messageIn);
    const killed = dead.filter(({ job }) => !tracker.hasEnded(job));
    return { killed, gaveUp, windows: windows.titles };
  } finally {
    await queue.close();
  }
}

/** What is no message has its record from the worker that refused it. */
function messageIn(body: string): JobMessage[] {
  try {
    return [parseMessage(body)];
  } catch (error) {
    if (error instanceof BadMessageError) return [];
    throw error;
  }
}

interface UnderWay {
  readonly jobs: AsyncIterable<JobMessage>;
  readonly tracker: Tracker;
  readonly queue: EmbeddedQueue;
  readonly crew: Crew;
  readonly windows: WaitingWindows;
}

/** Feeds the queue and watches the records, until every job has come to an end or the signal says stop. */
async function untilDone(
  { signal, onProgress }: LocalRunOptions,
  { jobs, tracker, queue, crew, windows }: UnderWay,
): Promise<void> {
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  const inQueue = async (): Promise<number> => {
    const { waiting, held } = await queue.counts();
    return waiting + held;
  };
  let fed = false;
  const feeding = sendAll(queue.client, queue.queueUrl, windowed(jobs, inQueue, ended), {
    signal: ended,
  }).then(() => {
    fed = true;
  });
  const watching = async (): Promise<void> => {
    while (!ended.aborted) {
      const allSent = fed;
      const { waiting, held } = await queue.counts();
      await Promise.all([tracker.update(), windows.update()]);
      onProgress(tracker.progress(Math.min(held, crew.size), windows.titles));
      if (allSent && waiting + held === 0) return;
      await sleep(POLL_MS, undefined, { signal: ended }).catch(() => undefined);
    }
  };
  try {
    await Promise.race([Promise.all([feeding, watching()]), crew.failed]);
  } finally {
    ending.abort();
    await feeding.catch(() => undefined);
  }
}

async function count<T>(items: AsyncIterable<T>, accepts: (item: T) => boolean): Promise<number> {
  let accepted = 0;
  for await (const item of items) if (accepts(item)) accepted += 1;
  return accepted;
}

async function* filter<T>(items: AsyncIterable<T>, accepts: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (accepts(item)) yield item;
}
