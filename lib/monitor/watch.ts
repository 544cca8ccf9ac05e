/** The monitor in a terminal: the Lambda's look, again and again, until the run has ended or somebody stops it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { explainAwsError } from '../aws/aws-error.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { Aws } from './aws.ts';
import type { MonitorSettings } from './settings.ts';
import type { State } from './state.ts';
import { tick, type Looked } from './tick.ts';

export interface Watch {
  readonly aws: Aws;
  /** Read anew for each look: a deploy in the middle of a run is followed. */
  readonly settings: () => Promise<MonitorSettings>;
  /** Stops the watch between two looks; the fleet stays as it is. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Milliseconds from look to look. @default 60000, which every patience in the decisions reckons with */
  readonly every?: number;
  /** Go on after a run has ended. @default false */
  readonly forever?: boolean;
}

/** One failed look may be AWS's bad minute; so many in a row are not. */
const FAILURES = 5;

/** @returns whether a run was seen to its end; false when the signal stopped the watch */
export async function watch({
  aws,
  settings,
  signal,
  say,
  every = 60_000,
  forever = false,
}: Watch): Promise<boolean> {
  let failures = 0;
  let going = false;

  while (!signal.aborted) {
    try {
      const looked = await tick({ aws, settings: await settings(), say });
      failures = 0;
      say(lineOf(looked));
      if (looked.kind === 'looked') {
        if (going && looked.memory.run === null && !forever) return true;
        going = looked.memory.run !== null;
      }
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES)
        throw error instanceof DistributedFijiError ? error : explainAwsError(error, 'Watching the run');
      say(`this look failed (${failures} of ${FAILURES} before giving up): ${messageOf(error)}`);
    }
    await sleep(every, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

function lineOf(looked: Looked): string {
  if (looked.kind === 'another acts') return 'another monitor acts at this moment (AUTO_MONITOR?)';
  const { state, memory } = looked;
  if (memory.run === null) return 'no jobs, no machines';
  return [
    `${waiting(state)} jobs wait, ${state.queue.inFlight} run, ${memory.run.done} done, ${memory.run.dead} failed`,
    `${state.group.machines.length} of ${state.group.desired} machines`,
    `$${memory.run.dollars.toFixed(2)}`,
    ...(memory.pause === null ? [] : [`paused: ${memory.pause.why}`]),
  ].join(' | ');
}

const waiting = ({ queue }: State): number => queue.visible + queue.delayed;
