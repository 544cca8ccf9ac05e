/** A job sent again takes its history along: as much of it as the message has room for, and always the count of failures. */
import type { History } from './message.ts';
import { toBody, type JobMessage } from './parse-message.ts';

/** Characters of a reason that is cut: the error and its first words. */
const SHORT = 200;

const shortened = ({ failures, ...rest }: History, whole: number): History => ({
  ...rest,
  failures: failures.map((failure, index) =>
    index >= failures.length - whole ? failure : { ...failure, reason: failure.reason.slice(0, SHORT) },
  ),
});

/** From all that is known to what cannot be left out: how often the job failed, and how. */
const CUTS: readonly ((history: History) => History)[] = [
  (history) => history,
  (history) => shortened(history, 1),
  (history) => shortened(history, 0),
  ({ failures, interruptions, trouble }) => ({
    ...(trouble && { trouble: { ...trouble, reason: '' } }),
    failures: failures.map(({ outcome }) => ({ outcome, reason: '', at: '', worker: '' })),
    interruptions,
  }),
];

/**
 * @param room bytes of UTF-8 that the body may have
 * @returns the message's body; undefined when not even the count fits
 */
export function bodyWithHistory(message: JobMessage, history: History, room: number): string | undefined {
  for (const cut of CUTS) {
    const body = toBody({ ...message, history: cut(history) });
    if (Buffer.byteLength(body) <= room) return body;
  }
  return undefined;
}
