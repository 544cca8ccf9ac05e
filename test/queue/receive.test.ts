import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { QueueError } from '../../lib/queue/queue-error.ts';
import { queueUrl } from '../../lib/queue/queue-url.ts';
import { receive } from '../../lib/queue/receive.ts';
import { bodyOf, leaseJobs, sendJobs } from '../fixtures/leases.ts';
import { aQueue, server } from './server.ts';

describe('receive', () => {
  test('leases messages as they were sent, with their age and count', async () => {
    const url = await aQueue();
    const before = Date.now();
    await sendJobs(server, url, 3);
    const leases = await leaseJobs(server, url);

    expect(leases.map((held) => held.body).sort()).toEqual([0, 1, 2].map(bodyOf));
    for (const held of leases) {
      expect(held.receiveCount).toBe(1);
      expect(held.sentAt).toBeGreaterThanOrEqual(before);
      expect(held.receivedAt).toBeGreaterThanOrEqual(held.sentAt);
    }
    expect(await leaseJobs(server, url)).toEqual([]);
    expect(await server.counts(url)).toMatchObject({ waiting: 0, leased: 3 });
  });

  test('a message that came back says how often it was handed out', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 1);
    const [first] = await leaseJobs(server, url);
    await server.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: first!.receiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect((await leaseJobs(server, url))[0]).toMatchObject({ receiveCount: 2, sentAt: first!.sentAt });
  });

  test('a long poll ends with its signal, at once and without an error', async () => {
    const url = await aQueue();
    const stop = new AbortController();
    const poll = receive(server.sqs, url, {
      max: 1,
      waitSeconds: 20,
      visibilitySeconds: 60,
      signal: stop.signal,
    });
    // The request must be on its way: a poll that never began proves nothing.
    await sleep(50);
    stop.abort();
    expect(await poll).toEqual([]);
    expect(
      await receive(server.sqs, url, { max: 1, waitSeconds: 20, visibilitySeconds: 60, signal: stop.signal }),
    ).toEqual([]);
  });

  test('a queue that is not there is named, with what to do', async () => {
    const missing = `${server.endpoint}/000000000000/no-such-queue`;
    const error = await leaseJobs(server, missing).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QueueError);
    expect(error).toMatchObject({
      code: 'QUEUE_FAILED',
      message:
        'Receiving jobs from the queue no-such-queue: there is no queue of this name in this region and account',
      fix: expect.stringContaining('npm run deploy'),
    });
  });
});

describe('queueUrl', () => {
  test('finds a queue by its name', async () => {
    const url = await server.createQueue('by-name');
    expect(await queueUrl(server.sqs, 'by-name')).toBe(url);
  });

  test('says that a queue is missing, and what to do', async () => {
    await expect(queueUrl(server.sqs, 'NoneSuch')).rejects.toMatchObject({
      code: 'QUEUE_FAILED',
      message: 'Looking for the queue NoneSuch: there is no queue of this name in this region and account',
      fix: 'Deploy first (npm run deploy), or check SQS_QUEUE_NAME, AWS_REGION and AWS_PROFILE in config.ts.',
    });
  });
});
