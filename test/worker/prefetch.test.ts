import { expect, test } from '@jest/globals';
import { Prefetch, type QueueDepth } from '../../lib/worker/prefetch.ts';

/** Whether the next job is worth taking, after jobs of these lengths, with a queue like this. */
async function isWorthIt(minutes: readonly number[], depth: QueueDepth | 'unknown'): Promise<boolean> {
  const prefetch = new Prefetch(() =>
    depth === 'unknown' ? Promise.reject(new TypeError('no answer')) : Promise.resolve(depth),
  );
  for (const each of minutes) prefetch.jobTook(each * 60_000);
  return prefetch.isWorthIt();
}

const DEEP = { waiting: 100, held: 10 };

test.each<[string, readonly number[], QueueDepth | 'unknown', boolean]>([
  ['jobs are short and the queue is deep', [0.1, 0.2, 0.1], DEEP, true],
  ['no job has been done yet', [], DEEP, false],
  ['jobs are long', [5, 6, 7], DEEP, false],
  ['one of many was long', [0.1, 90, 0.1], DEEP, true],
  ['jobs were short long ago', [0.1, 0.1, 0.1, ...Array.from({ length: 9 }, () => 5)], DEEP, false],
  ['others would go without', [0.1], { waiting: 10, held: 10 }, false],
  ['the queue does not answer', [0.1], 'unknown', false],
])('when %s', async (_, minutes, depth, worthIt) => {
  expect(await isWorthIt(minutes, depth)).toBe(worthIt);
});

test('the queue is asked once for many short jobs', async () => {
  let asked = 0;
  const prefetch = new Prefetch(() => {
    asked += 1;
    return Promise.resolve(DEEP);
  });
  for (let job = 0; job < 20; job += 1) {
    prefetch.jobTook(80);
    await prefetch.isWorthIt();
  }
  expect(asked).toBe(1);
});
