/** A process of its own: reads and checks a job file, makes every message, and prints its peak memory. */
import { openJobFile, toBody } from '../../lib/jobs/index.ts';

const started = performance.now();
const jobFile = await openJobFile(process.argv[2] as string);
let bytes = 0;
for await (const job of jobFile.messages()) bytes += toBody(job).length;
jobFile.close();
process.stdout.write(
  JSON.stringify({
    jobs: jobFile.count,
    bytes,
    seconds: (performance.now() - started) / 1000,
    // Kilobytes of 1,024 bytes, on Linux and macOS alike.
    peakMB: (process.resourceUsage().maxRSS * 1024) / 1e6,
  }),
);
