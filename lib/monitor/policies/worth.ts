/** Whether a machine is worth its start: one that joins after the work is done costs money for nothing. */

/**
 * @param waiting jobs without a worker
 * @param workers workers that exist
 * @param attemptSeconds what an attempt takes; undefined while no attempt has ended: then every job is worth a worker
 * @param startSeconds from a machine's start to its first job
 * @returns how many workers more are worth having on machines still to start
 */
export function worthStarting(
  waiting: number,
  workers: number,
  attemptSeconds: number | undefined,
  startSeconds: number,
): number {
  if (attemptSeconds === undefined || waiting === 0 || !Number.isFinite(waiting)) return waiting;

  const doneBefore = (workers * startSeconds) / Math.max(attemptSeconds, 0.001);
  const left = Math.max(0, waiting - doneBefore);
  const busyForAStart = Math.ceil((left * attemptSeconds) / startSeconds);
  return Math.min(waiting, Math.max(busyForAStart, workers === 0 ? 1 : 0));
}
