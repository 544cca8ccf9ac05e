/** Messages that SQS is about to throw away: it does so without a word when they have waited too long. */
import type { State } from '../state.ts';

/** Days before the end from which somebody is told. */
const NOTICE = 4;
const DAY = 86_400;

export interface Expiring {
  readonly what: 'jobs' | 'dead letters';
  /** Days that the oldest has left. */
  readonly daysLeft: number;
}

export function expiring({ ages, settings }: State): Expiring[] {
  const left = (seconds: number | undefined): number => settings.RETENTION_DAYS - (seconds ?? 0) / DAY;
  return (
    [
      { what: 'jobs', daysLeft: left(ages?.queue) },
      { what: 'dead letters', daysLeft: left(ages?.deadLetters) },
    ] as const
  ).filter(({ daysLeft }) => daysLeft <= NOTICE);
}
