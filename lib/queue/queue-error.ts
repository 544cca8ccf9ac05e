/** What a queue refused or could not do. */
import { AwsError, explainAwsError } from '../aws/aws-error.ts';
import { DistributedFijiError } from '../errors.ts';

export class QueueError extends DistributedFijiError {
  constructor(message: string, parts: { readonly fix?: string; readonly cause?: unknown }) {
    super(message, {
      code: 'QUEUE_FAILED',
      ...parts,
      ...(parts.cause instanceof AwsError && { fault: parts.cause.fault }),
    });
  }
}

/** @param doing what was being done, with the queue: "Receiving jobs from PlateQueue" */
export function queueError(thrown: unknown, doing: string): QueueError {
  if (thrown instanceof QueueError) return thrown;
  const explained = explainAwsError(thrown, doing);
  return new QueueError(explained.message, {
    cause: explained,
    ...(explained.fix !== undefined && { fix: explained.fix }),
  });
}

/** The name in a queue's address: what people know it by. */
export function queueName(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
