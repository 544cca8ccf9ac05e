/** Tells the monitor that jobs were sent: it then looks at once, with the count that the queue does not tell so soon. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { explainAwsError } from '../aws/aws-error.ts';
import type { ClientOptions } from '../aws/clients.ts';
import { lambdaClient } from '../aws/control-clients.ts';
import { derive, type Config } from '../config/index.ts';
import type { EnqueuedEvent } from '../monitor/event.ts';

/** Lambda's answer to an event that it has put in its queue; an emulator of S3 and SQS answers anything with 200. */
const ACCEPTED = 202;

/** The jobs are in the queue, and the monitor looks each minute: not worth a longer wait. */
const LONGEST_MS = 5_000;

/**
 * Does nothing without AUTO_MONITOR: `npm run monitor` looks by itself.
 *
 * @param enqueued jobs that the queue has taken
 * @returns undefined when the monitor was woken; else the line that tells the user what follows from that. Never
 *   throws: whatever goes wrong here, the jobs are sent.
 */
export async function wakeMonitor(
  config: Config,
  enqueued: number,
  options: ClientOptions,
): Promise<string | undefined> {
  if (!config.AUTO_MONITOR) return undefined;
  const name = derive(config).monitorFunctionName;
  const client = lambdaClient(options);
  try {
    const event: EnqueuedEvent = { enqueued };
    const { StatusCode } = await client.send(
      new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: JSON.stringify(event) }),
      { abortSignal: AbortSignal.timeout(LONGEST_MS) },
    );
    return StatusCode === ACCEPTED ? undefined : later('What answered is not AWS Lambda');
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      return `The jobs are sent, but there is no monitor ${name} in ${config.AWS_REGION} to start machines for them: run npm run deploy.`;
    }
    return later(explainAwsError(error, 'AWS Lambda').message);
  } finally {
    client.destroy();
  }
}

function later(why: string): string {
  return `The jobs are sent; the monitor will see them within a minute. (It could not be woken now. ${why.replace(/\.$/, '')}.)`;
}
