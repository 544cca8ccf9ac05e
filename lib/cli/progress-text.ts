/** What `local` says while it runs. */
import type { Progress } from '../local/progress.ts';
import { duration } from './duration.ts';

const WIDTH = 24;

/** One line: a bar, and what it stands for. */
export function progressText({ total, done, failed, running, secondsLeft }: Progress): string {
  const share = total === 0 ? 1 : (done + failed) / total;
  const filled = Math.floor(share * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const waits = total - done - failed > 0;
  const parts = [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(waits && secondsLeft === undefined ? ['starting Fiji'] : []),
    ...(waits && secondsLeft !== undefined ? [`about ${duration(secondsLeft)} left`] : []),
  ];
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${parts.join(', ')}`;
}
