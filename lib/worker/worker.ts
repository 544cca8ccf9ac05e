/**
 * The worker's life: take a job, find its inputs, run it, store its outputs, settle it; until the queue stays empty or
 * somebody says stop.
 *
 * Three jobs are on their way at most, each at another step: the next one's inputs are fetched (prefetch.ts says when),
 * one runs in Fiji, the last one's outputs are stored. Behind them, settled jobs wait until their records are written
 * (batches), each with its lease. Every lease is renewed until its message is gone.
 *
 * When a newer deployment is in force (deployment.ts), nothing more is taken: the worker leaves once it has done what it has.
 *
 * Stopping (SIGTERM, a mount that is gone, an error that says nothing about a job): what is prepared or runs goes back
 * to the queue at once; outputs that are being stored have some seconds to arrive, then are cut and go back too; records
 * are written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Attempt, Verdict } from './attempt.ts';
import { Background } from './background.ts';
import type { Deployment } from './deployment.ts';
import { Desk, type DeskContext } from './desk.ts';
import type { InputsContext } from './inputs-step.ts';
import type { Prefetch } from './prefetch.ts';
import { prepare } from './prepare.ts';
import { RecordWriter } from '../records/writer.ts';
import { type RunContext, runScript } from './run-script.ts';
import { conclude, type Records } from './settle.ts';
import { storeOutputs } from './store-outputs.ts';

/** Everything a worker works with. main.ts makes it and ends it. */
export interface WorkerTools extends DeskContext, RunContext, InputsContext {
  readonly prefetch: Prefetch;
  readonly deployment: Deployment;
}

/** A job whose inputs are there; or whose verdict is known already. */
interface Prepared {
  readonly attempt: Attempt;
  readonly verdict: Verdict | undefined;
}

/** SQS's longest poll. */
const LONG_POLL_SECONDS = 20;

/** What storing outputs may still take after the word to stop: a Spot notice leaves two minutes for everything. */
const STORING_GRACE_MS = 15_000;

/** Jobs done whose record could not be written yet, when the worker gives up: each holds a lease. */
const MOST_UNWRITTEN = 100;

/**
 * @param stop aborted, with the reason in words, when the worker must leave
 * @returns how many jobs it brought to a verdict
 * @throws whatever says nothing about a job: the queue or a store out of reach, a mount that is gone, a Fiji that does
 *   not start. The jobs have been given back, as far as the queue could be reached.
 */
export async function work(tools: WorkerTools, stop: AbortSignal): Promise<number> {
  let failure: { readonly error: unknown } | undefined;
  const halted = new AbortController();
  const fail = (error: unknown) => {
    failure ??= { error };
    halted.abort(messageOf(error));
  };
  const stopping = AbortSignal.any([stop, halted.signal]);
  const background = new Background(fail);
  const records: Records = new RecordWriter({
    store: tools.destination,
    appName: tools.settings.APP_NAME,
    worker: tools.identity.id,
    written: (batch) => background.run(conclude(batch, tools)),
    onTrouble: (message) => tools.events.emit('trouble', { message }),
  });
  const desk = new Desk(tools, records, background, stopping);
  stopping.addEventListener('abort', () => {
    tools.events.emit('stopping', { why: String(stopping.reason) });
    desk.giveBackAll(String(stopping.reason), 'storing');
  });

  let storing: Promise<void> = Promise.resolve();
  try {
    await mainLine(tools, desk, stopping, async (attempt, files) => {
      await storing;
      if (records.waiting > MOST_UNWRITTEN) await records.flush(); // throws: then nothing more is begun
      if (!attempt.beginStoring()) return desk.clear(attempt);
      storing = background.run(
        storeOutputs(attempt, files, tools.destination, tools.openStore(tools.settings.SOURCE)).then(
          (verdict) => desk.settle(attempt, verdict),
        ),
      );
    });
  } catch (error) {
    fail(error);
  }

  if (stopping.aborted) {
    await Promise.race([storing, sleep(STORING_GRACE_MS, undefined, { ref: false })]);
    desk.giveBackAll(String(stopping.reason));
  }
  await background.idle();
  await records.flush().catch(fail);
  await background.idle();
  if (failure !== undefined) throw failure.error;
  return desk.settled;
}

type Store = (attempt: Attempt, files: Parameters<typeof storeOutputs>[1]) => Promise<void>;

/** One job after the other, until the queue stays empty, a newer deployment takes over or the signal says stop. */
async function mainLine(tools: WorkerTools, desk: Desk, stopping: AbortSignal, store: Store): Promise<void> {
  const { settings, prefetch, deployment, events } = tools;
  const take = async (waitSeconds: number, ahead: boolean): Promise<Prepared | 'empty' | 'refused'> => {
    const attempt = await desk.take(waitSeconds, ahead);
    if (typeof attempt === 'string') return attempt;
    return { attempt, verdict: await prepare(attempt, tools) };
  };
  let next: Promise<Prepared | 'empty' | 'refused' | undefined> = Promise.resolve(undefined);
  let emptySince: number | undefined;

  try {
    while (!stopping.aborted) {
      const asked = Date.now();
      const idleSeconds = (asked - (emptySince ?? asked)) / 1000;
      const patience = Math.min(LONG_POLL_SECONDS, Math.ceil(settings.IDLE_SECONDS - idleSeconds));
      const ahead = await next;
      if (typeof ahead !== 'object' && (await deployment.isOver())) {
        return void events.emit('stopping', { why: 'a newer deployment is in force: its workers go on' });
      }
      const job = typeof ahead === 'object' ? ahead : await take(Math.max(0, patience), false);
      next = Promise.resolve(undefined);

      if (job === 'empty') {
        emptySince ??= asked;
        if (Date.now() - emptySince >= settings.IDLE_SECONDS * 1000) return;
        continue;
      }
      emptySince = undefined;
      if (job === 'refused') continue;

      const { attempt, verdict } = job;
      if (verdict !== undefined) {
        desk.settle(attempt, verdict);
        continue;
      }
      if (!attempt.begin()) {
        desk.clear(attempt);
        continue;
      }
      events.emit('job running', attempt.names);
      next = nextIsWorthIt(tools).then((worthIt) => (worthIt ? take(0, true) : undefined));
      next.catch(() => undefined); // told when its turn comes, not while this job runs
      const ran = await orStopped(runScript(attempt, tools), stopping);
      if (ran === 'stopped') return; // the job is given back already, and whoever opened Fiji closes it
      prefetch.jobTook(attempt.phases.fiji ?? 0);

      if (attempt.signal.aborted) desk.clear(attempt);
      else if (ran.kind === 'outputs') await store(attempt, ran.files);
      else if (ran.verdict.outcome === 'interrupted') desk.giveBack(attempt, ran.verdict.reason);
      else desk.settle(attempt, ran.verdict);
    }
  } finally {
    // A job that was still on its way when the word to stop came: the desk gave it back.
    const late = await next.catch(() => undefined);
    if (typeof late === 'object') desk.clear(late.attempt);
  }
}

async function nextIsWorthIt({ prefetch, deployment }: WorkerTools): Promise<boolean> {
  return (await prefetch.isWorthIt()) && !(await deployment.isOver());
}

/** Stopping does not wait for Fiji: it may be starting, or take its time to end. */
async function orStopped<T>(running: Promise<T>, stopping: AbortSignal): Promise<T | 'stopped'> {
  running.catch(() => undefined);
  let stopped: (() => void) | undefined;
  const stop = new Promise<'stopped'>((resolve) => {
    stopped = () => resolve('stopped');
    stopping.addEventListener('abort', stopped, { once: true });
    if (stopping.aborted) stopped();
  });

  try {
    return await Promise.race([running, stop]);
  } finally {
    if (stopped !== undefined) stopping.removeEventListener('abort', stopped);
  }
}
