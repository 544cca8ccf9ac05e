import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { QueueError } from '../../lib/queue/queue-error.ts';
import { complete, deadLetter, letGoBack, retryDelaySeconds, sendAgain } from '../../lib/queue/settle.ts';
import { aLease, leaseJobs, sendJobs } from '../fixtures/leases.ts';
import { startPartialQueue } from '../fixtures/partial-queue.ts';
import { aQueue, server } from './server.ts';

describe('settling', () => {
  test('complete deletes any number of messages', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 23);
    const held = [
      ...(await leaseJobs(server, url)),
      ...(await leaseJobs(server, url)),
      ...(await leaseJobs(server, url)),
    ];
    expect(held).toHaveLength(23);
    expect(await complete(server.sqs, url, held)).toEqual([]);
    expect(await complete(server.sqs, url, [])).toEqual([]);
    expect(await server.counts(url)).toEqual({ waiting: 0, leased: 0, delayed: 0 });
  });

  test('a job sent again waits as long as it was told, and its old message is gone', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 2);
    const [now, later] = await leaseJobs(server, url);
    await sendAgain(server.sqs, url, now!, '{"again":"é\u0000"}', 0);
    await sendAgain(server.sqs, url, later!, '{"later":true}', 5_000);

    expect(await server.counts(url)).toEqual({ waiting: 1, leased: 0, delayed: 1 });
    // SQS refuses control characters: they are replaced, the rest arrives as it is.
    expect((await leaseJobs(server, url)).map((held) => held.body)).toEqual(['{"again":"é\u{FFFD}"}']);
  });

  test('a job that cannot be sent again stays leased', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 1);
    const [held] = await leaseJobs(server, url);
    const tooLarge = 'x'.repeat(2 * 1024 * 1024);
    await expect(sendAgain(server.sqs, url, held!, tooLarge, 0)).rejects.toBeInstanceOf(QueueError);
    await expect(sendAgain(server.sqs, url, held!, '', 0)).rejects.toThrow('An empty message cannot be sent');
    expect(await server.counts(url)).toEqual({ waiting: 0, leased: 1, delayed: 0 });
  });

  test('a dead letter carries its history in the body and its reason in attributes', async () => {
    const [queue, deadLetterQueue] = [await aQueue(), await aQueue()];
    await sendJobs(server, queue, 1);
    const [held] = await leaseJobs(server, queue);
    const reason = `TypeError: "é" in line 3\u0007 ${'x'.repeat(3_000)}`;
    await deadLetter(server.sqs, { queue, deadLetterQueue }, held!, '{"history":{}}', {
      outcome: 'script error',
      reason,
    });

    expect(await server.counts(queue)).toEqual({ waiting: 0, leased: 0, delayed: 0 });
    const { Messages = [] } = await server.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterQueue, MessageAttributeNames: ['All'] }),
    );
    expect(Messages[0]).toMatchObject({
      Body: '{"history":{}}',
      MessageAttributes: {
        Outcome: { StringValue: 'script error' },
        Reason: { StringValue: expect.stringMatching(/^TypeError: "é" in line 3\u{FFFD} x{900,}$/u) },
      },
    });
    expect(Messages[0]!.MessageAttributes!.Reason!.StringValue!.length).toBeLessThanOrEqual(1_000);
  });

  test.each([
    ['4,000', 4_000, 1_000],
    ['300', 300, 270],
    ['25', 25, undefined],
    ['no', 0, undefined],
  ])('a dead letter that leaves %s bytes arrives, its reason cut', async (_, room, longest) => {
    const [queue, deadLetterQueue] = [await aQueue(), await aQueue()];
    await sendJobs(server, queue, 1);
    const [held] = await leaseJobs(server, queue);
    const body = 'x'.repeat(1024 * 1024 - room);
    const why = { outcome: 'timeout', reason: 'ü'.repeat(5_000) };
    await deadLetter(server.sqs, { queue, deadLetterQueue }, held!, body, why);

    const { Messages: [letter] = [] } = await server.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterQueue, MessageAttributeNames: ['All'] }),
    );
    expect(letter?.Body).toBe(body);
    const { Outcome, Reason } = letter?.MessageAttributes ?? {};
    expect(Outcome?.StringValue).toBe(room > 20 ? 'timeout' : undefined);
    if (longest === undefined) expect(Reason).toBeUndefined();
    else expect(Reason?.StringValue).toMatch(/^ü{100,}$/);
    expect(Buffer.byteLength(Reason?.StringValue ?? '')).toBeLessThanOrEqual((longest ?? 0) * 2);
    expect(await server.counts(queue)).toEqual({ waiting: 0, leased: 0, delayed: 0 });
  });

  test('a message that is let go back comes again as it was, and counts as received', async () => {
    const url = await aQueue();
    await sendJobs(server, url, 1);
    const [held] = await leaseJobs(server, url);
    await letGoBack(server.sqs, url, held!, 0);
    const [again] = await leaseJobs(server, url);
    expect(again).toMatchObject({ body: held!.body, receiveCount: 2 });
  });

  test('waiting doubles with each failure, up to what SQS allows', () => {
    expect([1, 2, 3, 4, 5, 6, 40].map((failures) => retryDelaySeconds(30, failures))).toEqual([
      30, 60, 120, 240, 480, 900, 900,
    ]);
    expect(retryDelaySeconds(0, 3)).toBe(0);
  });
});

describe('a delete that SQS does only in part', () => {
  test('only what failed for SQS’s own reasons is deleted again', async () => {
    const queue = await startPartialQueue({
      b: { times: 2, senderFault: false },
      c: { times: 9, senderFault: true },
    });
    const leases = ['a', 'b', 'c'].map((receiptHandle) => aLease({ receiptHandle }));
    expect(await complete(queue.client, queue.url, leases)).toEqual([leases[2]]);
    expect(queue.asked).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    queue.stop();
  });

  test('what is never deleted is reported, not thrown', async () => {
    const queue = await startPartialQueue({ b: { times: 99, senderFault: false } });
    const leases = ['a', 'b'].map((receiptHandle) => aLease({ receiptHandle }));
    expect(await complete(queue.client, queue.url, leases)).toEqual([leases[1]]);
    queue.stop();
  });
});
