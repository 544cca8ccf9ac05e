/**
 * How much work there is, believed only as far as two readings agree: SQS's counts are approximate, and one odd
 * reading must neither start a fleet nor end one.
 */
import type { Reading } from './memory.ts';
import type { State } from './state.ts';

export interface Demand {
  /** Jobs without a worker, as the lower of the readings has it: what may be started for. */
  readonly atLeast: number;
  /** Jobs without a worker, as the higher of the readings has it: what must be kept for. */
  readonly atMost: number;
  /** Whether every reading of the last minutes says that nothing waits, is delayed or is held. */
  readonly over: boolean;
  /** Since when every look, and none was long in coming, has found nothing; null while there is something. */
  readonly emptySince: number | null;
  /** The readings to remember. */
  readonly readings: readonly Reading[];
}

/** Two readings closer than this are one: they may come from the same stale copy. Milliseconds. */
const APART = 20_000;

/** An empty queue is believed when nothing was seen in it for so long, three times or more. Milliseconds. */
const EMPTY_FOR = 120_000;
const EMPTY_READINGS = 3;

/** Readings older than this say nothing about now. Milliseconds. */
const STALE = 300_000;

export function readDemand(state: State): Demand {
  const current: Reading = { at: state.now, ...state.queue };
  const fresh = state.memory.readings.filter(({ at }) => state.now - at <= STALE);
  const readings = [...fresh, current];
  const earlier = fresh.findLast(({ at }) => state.now - at >= APART);
  const since = readings.filter(({ at }) => earlier !== undefined && at >= earlier.at);

  return {
    atLeast: Math.min(current.visible, Math.max(earlier?.visible ?? 0, state.enqueued ?? 0)),
    atMost:
      earlier === undefined
        ? Infinity
        : Math.max(state.enqueued ?? 0, ...since.map(({ visible }) => visible)),
    over: isOver(readings, state),
    emptySince: emptySince(state),
    readings: thin(readings),
  };
}

function isOver(readings: readonly Reading[], state: State): boolean {
  const lastSeen = readings.findLastIndex(
    ({ visible, delayed, inFlight }) => visible + delayed + inFlight > 0,
  );
  const empty = readings.slice(lastSeen + 1);
  const first = empty[0];
  return (
    state.enqueued === undefined &&
    first !== undefined &&
    empty.length >= EMPTY_READINGS &&
    state.now - first.at >= EMPTY_FOR
  );
}

function emptySince(state: State): number | null {
  const { now, queue, enqueued, memory } = state;
  if (queue.visible + queue.delayed + queue.inFlight > 0 || enqueued !== undefined) return null;
  return isWatched(state) ? (memory.emptySince ?? now) : now;
}

/** Whether the look before was lately: after a longer time nobody knows what lay between. */
export function isWatched({ now, memory }: State): boolean {
  return now - memory.lastLook <= STALE;
}

/** Events can call the monitor many times a minute: of readings close to one another only the first is remembered. */
function thin(readings: readonly Reading[]): readonly Reading[] {
  const [last, previous] = [readings.at(-1), readings.at(-2)];
  if (last === undefined || previous === undefined || last.at - previous.at >= APART / 2) return readings;
  return [...readings.slice(0, -2), previous];
}
