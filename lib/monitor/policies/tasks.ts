/** Which workers to start: as many as have a job and a place. */
import type { Fleet } from '../fleet.ts';
import type { Ending } from '../state.ts';

/** RunTask calls of one look take well under the Lambda's time: 10 tasks a call. The rest follows a minute later. */
const MOST_AT_ONCE = 5000;

export function tasksToStart(
  fleet: Fleet,
  tasksPerMachine: number,
  newWorkers: number,
  endings: readonly Ending[],
): number {
  const ending = new Set(endings.map(({ machine }) => machine));
  const room = fleet.there
    .filter(({ id, phase }) => phase === 'ready' && !ending.has(id))
    .reduce((sum, { tasks }) => sum + Math.max(0, tasksPerMachine - tasks), 0);
  return Math.min(room, newWorkers, MOST_AT_ONCE);
}
