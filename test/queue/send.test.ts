import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { sqsClient } from '../../lib/aws/clients.ts';
import { sendAll, SendError, type SendProgress } from '../../lib/queue/send.ts';
import { toBatches } from '../../lib/queue/send-batches.ts';
import { ANY_KEYS, startQueueServer, type QueueServer } from '../fixtures/queue.ts';

const MAX = 1024 * 1024;

async function* these(bodies: Iterable<string>): AsyncGenerator<string> {
  yield* bodies;
}

describe('batches', () => {
  test('hold every message once, in order, at most ten and at most 1 MiB', async () => {
    const body = fc
      .tuple(fc.nat(Math.floor(MAX / 3)), fc.constantFrom('a', 'é', '日', '😀'))
      .map(([length, character]) =>
        character.repeat(Math.min(length, Math.floor(MAX / Buffer.byteLength(character)))),
      );
    const bodies = fc.array(fc.oneof({ weight: 5, arbitrary: fc.string({ maxLength: 50 }) }, body), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(bodies, async (given) => {
        const taken: string[] = [];
        for await (const batch of toBatches(given)) {
          expect(batch.first).toBe(taken.length);
          expect(batch.bodies.length).toBeLessThanOrEqual(10);
          expect(batch.bodies.reduce((sum, one) => sum + Buffer.byteLength(one), 0)).toBeLessThanOrEqual(MAX);
          taken.push(...batch.bodies);
        }
        expect(taken.length).toBe(given.length);
        expect(taken.every((one, index) => one === given[index])).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('are full when messages are small', async () => {
    const sizes: number[] = [];
    for await (const { bodies } of toBatches(Array.from({ length: 25 }, String))) sizes.push(bodies.length);
    expect(sizes).toEqual([10, 10, 5]);
  });
});

describe('sending to a real queue', () => {
  let queue: QueueServer;
  beforeAll(async () => {
    queue = await startQueueServer();
  });
  afterAll(() => queue.stop());

  test('every message arrives, with progress to the end', async () => {
    const url = await queue.createQueue('all');
    const bodies = Array.from({ length: 1234 }, (_, index) => `message ${index} é日"'`);
    const seen: SendProgress[] = [];
    const end = await sendAll(queue.sqs, url, these(bodies), {
      onProgress: (progress) => seen.push(progress),
    });
    expect(end).toEqual({ sent: 1234, upTo: 1234, retried: 0 });
    expect(seen.at(-1)).toEqual(end);
    expect(seen).toHaveLength(124);
    expect((await receiveAll(queue.sqs, url)).sort()).toEqual([...bodies].sort());
  });

  test('messages of nearly 1 MiB arrive', async () => {
    const url = await queue.createQueue('large');
    const bodies = ['é'.repeat(MAX / 2), 'x', 'a'.repeat(MAX), 'y'];
    expect(await sendAll(queue.sqs, url, these(bodies))).toMatchObject({ sent: 4 });
    expect((await receiveAll(queue.sqs, url)).map((body) => body.length).sort((a, b) => a - b)).toEqual([
      1,
      1,
      MAX / 2,
      MAX,
    ]);
  });

  test('stopped half-way, all before the mark has arrived', async () => {
    const url = await queue.createQueue('stopped');
    const stop = new AbortController();
    const bodies = Array.from({ length: 5000 }, (_, index) => String(index));
    const { sent, upTo } = await sendAll(queue.sqs, url, these(bodies), {
      signal: stop.signal,
      onProgress: (progress) => {
        if (progress.sent >= 1000) stop.abort();
      },
    });
    const arrived = new Set(await receiveAll(queue.sqs, url));
    expect(sent).toBeGreaterThanOrEqual(1000);
    expect(sent).toBeLessThan(5000);
    expect(arrived.size).toBe(sent);
    expect(bodies.slice(0, upTo).filter((body) => !arrived.has(body))).toEqual([]);
  });

  test('a queue that is not there: what to do, and what was sent', async () => {
    const url = (await queue.createQueue('there')).replace(/there$/, 'gone');
    const error: unknown = await sendAll(queue.sqs, url, these(['a'])).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({
      message: expect.stringContaining('queue gone'),
      fix: expect.stringContaining('npm run deploy'),
      progress: { sent: 0, upTo: 0 },
    });
  });

  test('an error in the messages comes through as it is', async () => {
    const url = await queue.createQueue('broken');
    const broken = async function* () {
      yield 'a';
      throw new RangeError('the file went away');
    };
    await expect(sendAll(queue.sqs, url, broken())).rejects.toThrow(RangeError);
  });
});

/**
 * A real queue never refuses one message of a batch for the moment, so this server stands for one that does: it refuses
 * what `refuse` says, and takes the rest.
 */
describe('a queue that refuses some messages', () => {
  let server: Server;
  let client: SQSClient;
  let taken: string[];
  let refuse: (body: string, attempt: number) => { SenderFault: boolean } | undefined;
  const attempts = new Map<string, number>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => response.end(JSON.stringify(answer(text))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = sqsClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: ANY_KEYS });
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  function answer(request: string): object {
    const { Entries } = JSON.parse(request) as { Entries: { Id: string; MessageBody: string }[] };
    const Failed: object[] = [];
    const Successful: object[] = [];
    for (const { Id, MessageBody } of Entries) {
      const attempt = (attempts.get(MessageBody) ?? 0) + 1;
      attempts.set(MessageBody, attempt);
      const fault = refuse(MessageBody, attempt);
      if (fault !== undefined) Failed.push({ Id, Code: 'Bad', Message: 'no room', ...fault });
      else {
        taken.push(MessageBody);
        Successful.push({ Id, MessageId: Id, MD5OfMessageBody: hash('md5', MessageBody, 'hex') });
      }
    }
    return { Successful, Failed };
  }

  test('for the moment: they are sent again, the others are not', async () => {
    taken = [];
    refuse = (body, attempt) => (Number(body) % 7 === 0 && attempt <= 2 ? { SenderFault: false } : undefined);
    const bodies = Array.from({ length: 40 }, (_, index) => String(index));
    expect(await sendAll(client, 'http://queue/1/q', these(bodies))).toEqual({
      sent: 40,
      upTo: 40,
      retried: 12,
    });
    expect(taken.map(Number).sort((a, b) => a - b)).toEqual(bodies.map(Number));
  });

  test('for good: the message is named, and the mark is before it', async () => {
    taken = [];
    refuse = (body) => (body === 'm23' ? { SenderFault: true } : undefined);
    const bodies = Array.from({ length: 40 }, (_, index) => `m${index}`);
    const error: unknown = await sendAll(client, 'http://queue/1/q', these(bodies), { underWay: 1 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({
      message: expect.stringMatching(/refuses message 24: no room/),
      progress: { sent: 20, upTo: 20 },
    });
  });
});

async function receiveAll(client: SQSClient, QueueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}
