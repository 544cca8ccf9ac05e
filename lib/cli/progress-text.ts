/** What `local` says while it runs. */
import type { Progress } from '../local/progress.ts';
import { bar } from './bar.ts';
import { duration } from './duration.ts';

/** One line: a bar, and what it stands for. */
export function progressText({ total, before, done, failed, running, secondsLeft }: Progress): string {
  const share = total === 0 ? 1 : (done + failed) / total;
  const waits = total - done - failed > 0;
  const parts = [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(waits && done + failed === before ? ['starting Fiji'] : []),
    ...(waits && secondsLeft !== undefined ? [`about ${duration(secondsLeft)} left`] : []),
  ];
  return `${bar(share)}  ${parts.join(', ')}`;
}
