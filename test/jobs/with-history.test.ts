import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_JOB_BYTES, MAX_MESSAGE_BYTES } from '../../lib/jobs/make-message.ts';
import { message, type History } from '../../lib/jobs/message.ts';
import { parseMessage, toBody, type JobMessage } from '../../lib/jobs/parse-message.ts';
import { bodyWithHistory } from '../../lib/jobs/with-history.ts';

const job = (note: string): JobMessage => ({
  run: 'r',
  job: 'A01',
  Metadata: { note },
  output_file_location: 'out/',
  shared_metadata: {},
});

const failed = (times: number, reason: string): History => ({
  failures: Array.from({ length: times }, (_, index) => ({
    outcome: 'script error',
    reason: `${index}: ${reason}`,
    at: '2026-11-22T10:00:00.000Z',
    worker: 'i-0123456789abcdef0.1234',
  })),
  interruptions: 2,
});

/** A message of exactly so many bytes. */
function jobOf(bytes: number): JobMessage {
  return job('x'.repeat(bytes - Buffer.byteLength(toBody(job('')))));
}

const historyOf = (body: string | undefined): History => message.parse(JSON.parse(body ?? '')).history!;

test('all of it travels along while there is room', () => {
  const history = failed(3, 'é'.repeat(2000));
  expect(historyOf(bodyWithHistory(job('small'), history, MAX_MESSAGE_BYTES))).toEqual(history);
});

test('then only the last reason is whole, then none, then only what they were: the count stays', () => {
  const history = failed(5, 'y'.repeat(2000));
  const lengths = (room: number) =>
    historyOf(bodyWithHistory(jobOf(10_000), history, 10_000 + room)).failures.map(
      ({ reason }) => reason.length,
    );
  expect(lengths(11_500)).toEqual([2003, 2003, 2003, 2003, 2003]);
  expect(lengths(4_000)).toEqual([200, 200, 200, 200, 2003]);
  expect(lengths(2_000)).toEqual([200, 200, 200, 200, 200]);
  expect(lengths(500)).toEqual([0, 0, 0, 0, 0]);
  expect(bodyWithHistory(jobOf(10_000), history, 10_050)).toBeUndefined();
});

test('every job that may be sent can fail a hundred times and keep the count', () => {
  const body = bodyWithHistory(jobOf(MAX_JOB_BYTES), failed(100, 'z'.repeat(2000)), MAX_MESSAGE_BYTES);
  expect(historyOf(body)).toMatchObject({ interruptions: 2 });
  expect(historyOf(body).failures).toHaveLength(100);
});

test('whatever it is, it fits, and the job in it is the same', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 3000 });
  fc.assert(
    fc.property(
      texts,
      texts,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 100, max: 20_000 }),
      (note, reason, times, room) => {
        const body = bodyWithHistory(job(note), failed(times, reason), room);
        if (body === undefined) return;
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(room);
        const { history, ...rest } = parseMessage(body);
        expect(rest).toEqual(job(note));
        expect(history?.failures).toHaveLength(times);
      },
    ),
  );
});
