/**
 * What jobs took of memory at their peak, for the dashboard: one line a minute with all of the minute's jobs, and none
 * while no job ends.
 */
import { embeddedMetrics, MOST_VALUES } from '../aws/embedded-metrics.ts';
import type { WorkerEvents } from './events.ts';

const EVERY_MS = 60_000;

/**
 * @param write takes one line, with its end
 * @returns writes what is left, when the worker leaves
 */
export function reportPeakMemory(
  events: WorkerEvents,
  appName: string,
  write: (line: string) => void,
): () => void {
  let bytes: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (bytes.length > 0) write(`${embeddedMetrics(appName, Date.now(), { PeakMemory: bytes })}\n`);
    bytes = [];
  };
  events.on('job ended', ({ peakMemoryBytes }) => {
    if (peakMemoryBytes === undefined) return;
    bytes.push(peakMemoryBytes);
    if (bytes.length >= MOST_VALUES) flush();
    else timer ??= setTimeout(flush, EVERY_MS).unref();
  });
  return flush;
}
