/** Tells, while a script runs, that it waits at a dialog: nobody would learn of it before the time limit otherwise. */
import type { Session } from './session.ts';

/** Long enough that most jobs end before they are looked at once. */
const LOOK_EVERY_MS = 60_000;

/**
 * @param onWaiting called once, with the titles of the dialogs
 * @returns ends the watch
 */
export function watchWindows(
  session: Pick<Session, 'look' | 'display'>,
  onWaiting: ((titles: readonly string[]) => void) | undefined,
  everyMs = LOOK_EVERY_MS,
): () => void {
  // Without a screen there is no window.
  if (session.display === undefined || onWaiting === undefined) return () => undefined;
  let over = false;
  const timer = setInterval(() => {
    void session.look().then(({ waiting = '' }) => {
      if (over || waiting === '') return;
      end();
      onWaiting(waiting.split('\n'));
    });
  }, everyMs);
  const end = (): void => {
    over = true;
    clearInterval(timer);
  };
  return end;
}
