/** From a queue's name to its address. */
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { QueueError, queueError } from './queue-error.ts';

/** @throws QueueError when there is no such queue, with what to do */
export async function queueUrl(client: SQSClient, name: string): Promise<string> {
  const doing = `Looking for the queue ${name}`;
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl) return QueueUrl;
  } catch (error) {
    throw queueError(error, doing);
  }
  throw new QueueError(`${doing}: the server answered without an address.`, {
    fix: 'Check AWS_ENDPOINT_URL.',
  });
}
