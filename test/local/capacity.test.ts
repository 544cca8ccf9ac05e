import { capacityOf, thisMachine } from '../../lib/local/capacity.ts';

const laptop = { cores: 8, memoryMiB: 16 * 1024 };

test.each([
  ['memory is the limit', laptop, { memoryMiB: 6000, jobs: 100 }, 2, 6000, 4, 'no more fit'],
  ['cores are the limit', laptop, { memoryMiB: 1000, jobs: 100 }, 8, 1000, 1, 'one for each core'],
  ['jobs are the limit', laptop, { memoryMiB: 1000, jobs: 3 }, 3, 1000, 2, 'one for each job'],
  ['one always fits, with less', laptop, { memoryMiB: 15_000, jobs: 9 }, 1, 13_107, 8, 'less than'],
  ['as many as asked for share', laptop, { memoryMiB: 6000, jobs: 9, asked: 4 }, 4, 3276, 2, '--workers'],
  ['more workers than cores', laptop, { memoryMiB: 500, jobs: 9, asked: 16 }, 16, 500, 1, '--workers'],
])('%s', (_, machine, wanted, workers, memoryMiB, coresEach, reason) => {
  const capacity = capacityOf(machine, wanted);
  expect(capacity).toMatchObject({ workers, memoryMiB, coresEach });
  expect(capacity.reason).toContain(reason);
});

test('this machine has what it has', () => {
  const { cores, memoryMiB } = thisMachine();
  expect(cores).toBeGreaterThanOrEqual(1);
  expect(memoryMiB).toBeGreaterThan(100);
});
