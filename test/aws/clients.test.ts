import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { s3Client, sqsClient } from '../../lib/aws/clients.ts';
import { ANY_KEYS, startQueueServer, type QueueServer } from '../fixtures/queue.ts';

let server: QueueServer;
const before = { ...process.env };
beforeAll(async () => {
  server = await startQueueServer();
});
afterAll(async () => {
  process.env = before;
  await server.stop();
});

test('AWS_ENDPOINT_URL is where everything goes, whatever address a queue was given', async () => {
  process.env.AWS_ENDPOINT_URL = server.endpoint;
  const options = { region: 'us-east-1', credentials: ANY_KEYS };
  const [sqs, s3] = [sqsClient(options), s3Client(options)];

  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  const elsewhere = QueueUrl.replace(/^http:\/\/[^/]+/, 'https://sqs.us-east-1.amazonaws.com');
  await sqs.send(new SendMessageCommand({ QueueUrl: elsewhere, MessageBody: 'job' }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: elsewhere }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['job']);

  // As a path: bucket.127.0.0.1 is no address.
  await s3.send(new CreateBucketCommand({ Bucket: 'results' }));
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'results' }))).KeyCount).toBe(0);
  sqs.destroy();
  s3.destroy();
});

test('the profile named default is no reason to ignore keys in the environment', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'from the', AWS_SECRET_ACCESS_KEY: 'environment' });
  const client = sqsClient({ region: 'us-east-1', profile: 'default' });
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'from the' });
  client.destroy();
});
