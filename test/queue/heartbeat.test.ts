import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { ANY_KEYS, startQueueServer } from '../fixtures/queue.ts';
import { sqsClient } from '../../lib/aws/clients.ts';
import { Heartbeat } from '../../lib/queue/heartbeat.ts';
import type { Lease } from '../../lib/queue/lease.ts';
import { receive } from '../../lib/queue/receive.ts';
import { aLease, leaseJobs, sendJobs } from '../fixtures/leases.ts';
import { startPartialQueue } from '../fixtures/partial-queue.ts';
import { aQueue, server } from './server.ts';

describe('heartbeat', () => {
  /** The visibility asked for each lease, in the order of the calls. */
  async function beatOnce(leases: Lease[], url: string, visibilitySeconds: number, now = Date.now()) {
    const asked: number[] = [];
    const lost: string[] = [];
    const client = sqsClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: ANY_KEYS });
    client.middlewareStack.add(
      (next) => async (args) => {
        const { Entries } = args.input as { Entries: { VisibilityTimeout: number }[] };
        asked.push(...Entries.map(({ VisibilityTimeout }) => VisibilityTimeout));
        return next(args);
      },
      { step: 'initialize' },
    );
    const heartbeat = new Heartbeat({ client, url, visibilitySeconds, now: () => now });
    leases.forEach((held, i) => heartbeat.hold(held, (why) => lost.push(`${i}: ${why}`)));
    await heartbeat.beat();
    await heartbeat.stop();
    client.destroy();
    return { asked, lost };
  }

  test.each([600, 20])('keeps every lease longer than it was received for: %i seconds', async (seconds) => {
    const url = await aQueue();
    await sendJobs(server, url, 13);
    const held = [...(await leaseJobs(server, url, 10, 2)), ...(await leaseJobs(server, url, 10, 2))];
    expect(held).toHaveLength(13);
    const { asked, lost } = await beatOnce(held, url, seconds);
    expect([asked, lost]).toEqual([Array(13).fill(seconds), []]);
    // Past the two seconds for which they were received.
    await sleep(2_200);
    expect(await leaseJobs(server, url)).toEqual([]);
  });

  test('beats by itself, at a third of the visibility', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 1);
    const [held] = await leaseJobs(server, url, 1, 3);
    const heartbeat = new Heartbeat({ client: server.sqs, url, visibilitySeconds: 3 });
    heartbeat.hold(held!, () => undefined);
    await sleep(4_000);
    expect(await leaseJobs(server, url)).toEqual([]);
    heartbeat.release(held!);
    // Released, it comes back when the last renewal has run out.
    let back: Lease[] = [];
    while (back.length === 0)
      back = await receive(server.sqs, url, { max: 1, waitSeconds: 5, visibilitySeconds: 60 });
    expect(back[0]!.receiveCount).toBe(2);
    await heartbeat.stop();
  });

  test('a lease that is no longer ours is reported to its holder, once; the others are kept', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 2);
    const held = await leaseJobs(server, url);
    await server.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: held[0]!.receiptHandle }));
    const lost: string[] = [];
    const heartbeat = new Heartbeat({ client: server.sqs, url, visibilitySeconds: 600 });
    held.forEach((one, i) => heartbeat.hold(one, (why) => lost.push(`${i}: ${why}`)));
    await heartbeat.beat();
    await heartbeat.beat();
    expect(lost).toEqual(['0: The input receipt handle is invalid.']);
    await heartbeat.stop();
  });

  test('never asks past the 12 hours at which SQS ends every lease, and says when they are over', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 3);
    const hours = (h: number) => Date.now() - h * 3600_000;
    const received = [hours(1), hours(12) + 70_000, hours(12) - 1];
    const held = (await leaseJobs(server, url)).map((one, i) => ({ ...one, receivedAt: received[i]! }));
    const { asked, lost } = await beatOnce(held, url, 7_200);

    expect(asked[0]).toBe(7_200);
    expect(asked[1]).toBeGreaterThan(0);
    expect(asked[1]).toBeLessThanOrEqual(40);
    expect(asked).toHaveLength(2);
    expect(lost).toEqual(['2: SQS ends every lease 12 hours after the receive']);
  });

  test('a queue that cannot be reached costs no lease before its time, and then does', async () => {
    const gone = await startQueueServer();
    const url = await gone.createQueue('gone');
    await gone.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }));
    const [held] = await receive(gone.sqs, url, { max: 1, waitSeconds: 0, visibilitySeconds: 60 });
    await gone.stop();
    const client = new SQSClient({
      endpoint: gone.endpoint,
      region: 'us-east-1',
      credentials: ANY_KEYS,
      maxAttempts: 1,
    });
    let now = Date.now();
    const [lost, trouble] = [[] as string[], [] as string[]];
    const options = {
      client,
      url,
      visibilitySeconds: 60,
      now: () => now,
      onTrouble: (why: string) => trouble.push(why),
    };
    const heartbeat = new Heartbeat(options);
    heartbeat.hold(held!, (why) => lost.push(why));

    await heartbeat.beat();
    expect(lost).toEqual([]);
    expect(trouble.length).toBe(1);
    now += 61_000;
    await heartbeat.beat();
    expect(lost).toEqual(['it could not be renewed in time']);
    await heartbeat.stop();
    client.destroy();
  });

  test('a renewal that SQS fails for its own reasons is tried with the next beat, and the lease is kept', async () => {
    const queue = await startPartialQueue({
      a: { times: 1, senderFault: false },
      b: { times: 1, senderFault: true },
    });
    const [lost, trouble] = [[] as string[], [] as string[]];
    const heartbeat = new Heartbeat({
      ...queue,
      visibilitySeconds: 600,
      onTrouble: (why) => trouble.push(why),
    });
    for (const receiptHandle of ['a', 'b']) {
      heartbeat.hold(aLease({ receiptHandle }), (why) => lost.push(`${receiptHandle}: ${why}`));
    }
    await heartbeat.beat();
    await heartbeat.beat();
    expect([lost, trouble, queue.asked]).toEqual([['b: no b'], ['no a'], [['a', 'b'], ['a']]]);
    await heartbeat.stop();
    queue.stop();
  });
});
