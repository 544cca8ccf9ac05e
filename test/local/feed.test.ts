import type { JobMessage } from '../../lib/jobs/index.ts';
import { windowed } from '../../lib/local/feed.ts';

function jobs(count: number): JobMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    Metadata: { number: index },
    output_file_location: '',
    shared_metadata: {},
    run: 'r',
    job: String(index),
  }));
}

async function* streamOf(list: readonly JobMessage[]): AsyncGenerator<JobMessage> {
  yield* list;
}

test('never more in the queue than the window, and every job once, in order', async () => {
  const all = jobs(500);
  let queued = 0;
  let most = 0;
  const taken: string[] = [];
  // A worker that takes three jobs whenever the queue is counted.
  const inQueue = async (): Promise<number> => {
    queued = Math.max(0, queued - 3);
    return queued;
  };
  for await (const { job } of windowed(streamOf(all), inQueue, new AbortController().signal, 20)) {
    queued += 1;
    most = Math.max(most, queued);
    taken.push(job);
  }
  expect(taken).toEqual(all.map(({ job }) => job));
  expect(most).toBeLessThanOrEqual(20);
  expect(most).toBeGreaterThan(5);
});

test('a stop ends it while the queue is full', async () => {
  const stop = new AbortController();
  const stream = windowed(streamOf(jobs(5)), async () => 20, stop.signal, 20);
  const next = stream.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
