import { networkInterfaces } from 'node:os';
import { startEmbeddedQueue } from '../../lib/local/embedded-queue.ts';
import { receive } from '../../lib/queue/receive.ts';
import { sendAll } from '../../lib/queue/send.ts';

async function* once(body: string): AsyncGenerator<string> {
  yield body;
}

test('counts what waits and what is held; a job that never comes back is put aside', async () => {
  const queue = await startEmbeddedQueue({ visibilitySeconds: 1, maxReceives: 1 });
  try {
    await sendAll(queue.client, queue.queueUrl, once('job é'));
    expect(await queue.counts()).toEqual({ waiting: 1, held: 0 });
    const options = { max: 1, waitSeconds: 5, visibilitySeconds: 1 };
    expect(await receive(queue.client, queue.queueUrl, options)).toHaveLength(1);
    expect(await queue.counts()).toEqual({ waiting: 0, held: 1 });
    // Its worker is gone: after the lease it would be handed out a second time, and is not.
    expect(await receive(queue.client, queue.queueUrl, { ...options, waitSeconds: 3 })).toEqual([]);
    expect(await queue.counts()).toEqual({ waiting: 0, held: 0 });
    expect(await queue.takeDead()).toEqual(['job é']);
    expect(await queue.takeDead()).toEqual([]);
  } finally {
    await queue.close();
  }
});

test('only this machine reaches it', async () => {
  const queue = await startEmbeddedQueue({ visibilitySeconds: 1, maxReceives: 1 });
  try {
    const { hostname, port } = new URL(queue.environment.AWS_ENDPOINT_URL_SQS!);
    expect(hostname).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    if (outside !== undefined) {
      await expect(fetch(`http://${outside.address}:${port}/health`)).rejects.toThrow();
    }
  } finally {
    await queue.close();
  }
});
