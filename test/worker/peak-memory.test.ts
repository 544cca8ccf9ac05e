/** Peak memory as a metric: a line that CloudWatch reads, with all jobs of a minute in it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorld, type RunningWorker, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

const metricLines = ({ printed }: RunningWorker) =>
  printed.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => '_aws' in line);

test('a worker that leaves has said what its jobs took, once; only where it was asked to', async () => {
  const scene = await world.scene();
  const job = (name: string) => ({
    run: 'r',
    job: name,
    Metadata: { what: 'write', file: `${name}.csv` },
    output_file_location: 'out/',
  });
  await scene.send(job('one'), job('two'));
  const before = Date.now();
  const worker = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, METRICS: true });
  await worker.finished();

  const records = await scene.records();
  const lines = metricLines(worker);
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'DistributedFiji',
            Dimensions: [['App']],
            Metrics: [{ Name: 'PeakMemory', Unit: 'Bytes' }],
          },
        ],
      },
      App: 'Nuclei',
      PeakMemory: records.map(({ peak_memory_bytes }) => peak_memory_bytes),
    },
  ]);
  expect(records).toHaveLength(2);
  expect(Math.min(...records.map((record) => record.peak_memory_bytes ?? 0))).toBeGreaterThan(10e6);
  expect((lines[0]?._aws as { Timestamp: number }).Timestamp).toBeGreaterThanOrEqual(before);

  await scene.send(job('three'));
  const quiet = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT });
  await quiet.finished();
  expect(metricLines(quiet)).toEqual([]);
});
