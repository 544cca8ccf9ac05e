/**
 * The monitor as a Lambda function: called each minute, when a machine joins or is about to be taken back, and by
 * `enqueue` when it has sent its jobs. What it throws is the Lambda's error, which raises the alarm.
 */
import { connect, type Aws } from './aws.ts';
import { enqueuedJobs } from './event.ts';
import { embeddedMetrics } from '../aws/embedded-metrics.ts';
import { metricsOf } from './metrics.ts';
import { readSettings } from './settings.ts';
import { tick } from './tick.ts';

/** Clients live as long as Lambda keeps this process: their connections are used again. */
let aws: Aws | undefined;

export async function handler(event: unknown): Promise<{ readonly actions: readonly string[] }> {
  const settings = readSettings(process.env);
  aws ??= connect({ region: settings.AWS_REGION });

  const looked = await tick({ aws, settings, enqueued: enqueuedJobs(event), say: print });
  if (looked.kind === 'another acts') {
    print('another monitor acts at this moment');
    return { actions: [] };
  }
  const metrics = metricsOf(looked.state, looked.memory);
  if (metrics !== undefined) print(embeddedMetrics(settings.APP_NAME, looked.state.now, metrics));
  return { actions: looked.actions.map(({ kind }) => kind) };
}

/** Not console.log: Lambda would put its own words before the line, and CloudWatch would not see the metrics in it. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
