/** What `local` says while it runs. */
import type { Progress } from '../local/progress.ts';
import { bar } from './bar.ts';
import { duration } from './duration.ts';

/** Fiji and a short job take less; from then on the script may as well be what takes so long. */
const STARTING_SECONDS = 60;

/** One line: a bar, and what it stands for. @param stopping true when no more jobs will be begun: nothing is awaited then */
export function progressText(progress: Progress, stopping = false): string {
  const { total, done, failed, running, secondsWithoutEnd, secondsLeft, windows } = progress;
  const share = total === 0 ? 1 : (done + failed) / total;
  const waits = !stopping && total - done - failed > 0;
  const parts = [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(stopping || secondsWithoutEnd === undefined ? [] : [beforeTheFirst(secondsWithoutEnd)]),
    ...(waits && secondsLeft !== undefined ? [`about ${duration(secondsLeft)} left`] : []),
  ];
  const waiting = windows.length === 0 ? '' : `; ${windowsText(windows, 'is')}`;
  return `${bar(share)}  ${parts.join(', ')}${waiting}`;
}

/** Jobs wait at dialogs: said while they do, and once more when they were stopped at it. */
export function windowsText(titles: readonly string[], verb: 'is' | 'was'): string {
  return `a window ${verb} open and nobody there to answer it: ${titles.map((title) => `"${title}"`).join(', ')}`;
}

function beforeTheFirst(seconds: number): string {
  if (seconds < STARTING_SECONDS) return 'starting Fiji and the first job';
  return `no job has ended yet: the first began ${duration(seconds)} ago`;
}
