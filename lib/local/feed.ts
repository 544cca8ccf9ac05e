/**
 * Hands the jobs of a file to the queue a window at a time: a queue in memory with a million messages in it would take
 * gigabytes, and workers need no more than the next few.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobMessage } from '../jobs/parse-message.ts';

/** Most messages in the queue, those with workers included. */
export const WINDOW = 10_000;

const FULL_POLL_MS = 250;

/**
 * The same messages, each only when the queue has room for it.
 *
 * @param inQueue how many messages the queue holds now
 * @param signal ends the stream, quietly
 */
export async function* windowed(
  messages: AsyncIterable<JobMessage>,
  inQueue: () => Promise<number>,
  signal: AbortSignal,
  window = WINDOW,
): AsyncGenerator<JobMessage> {
  let room = 0;
  for await (const message of messages) {
    while (room === 0) {
      if (signal.aborted) return;
      // Some that were given out before may not have arrived yet: half the room is kept for them.
      room = Math.max(0, Math.floor((window - (await inQueue())) / 2));
      if (room === 0) await sleep(FULL_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) return;
    room -= 1;
    yield message;
  }
}
