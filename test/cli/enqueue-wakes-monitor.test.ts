/** Jobs that were sent wake the monitor; whatever goes wrong with that, they are sent. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { enqueuedJobs } from '../../lib/monitor/event.ts';
import { configFor, end, jobFile, received, server, start, wells } from './enqueue-place.ts';

let queueUrl: string;

describe('when enqueue has sent its jobs', () => {
  const path = () => jobFile('woken.json', wells);

  test('it wakes the monitor, and says nothing of it', async () => {
    queueUrl = await server.createQueue('WokenQueue');
    const lambda = await aLambda((response) => response.writeHead(202).end());
    const { code, err } = await end(start([await path(), '-c', await configFor('Woken')], lambda.env));
    await lambda.stop();
    expect({ code, notes: err.includes('Note') }).toEqual({ code: 0, notes: false });
    expect(lambda.calls).toEqual([
      {
        at: 'POST /2015-03-31/functions/WokenMonitor/invocations',
        type: 'Event',
        event: { enqueued: 48 },
        jobsInQueue: 48,
      },
    ]);
    expect(enqueuedJobs(lambda.calls[0]?.event)).toBe(48);
  });

  test('it leaves the monitor alone without AUTO_MONITOR and on --dry-run', async () => {
    queueUrl = await server.createQueue('ManualQueue');
    const lambda = await aLambda((response) => response.writeHead(202).end());
    const manual = await configFor('Manual', ', AUTO_MONITOR: false');
    expect(await end(start([await path(), '-c', manual], lambda.env))).toMatchObject({ code: 0 });
    const automatic = await configFor('Manual');
    expect(await end(start([await path(), '-c', automatic, '-n'], lambda.env))).toMatchObject({ code: 0 });
    await lambda.stop();
    expect(lambda.calls).toEqual([]);
  });

  test.each([
    ['there is no Lambda at all', undefined, /within a minute\. \(It could not be woken now\. .+\.\)$/],
    ['it may not', [403, 'AccessDeniedException'], /within a minute\. \(.+: AWS does not allow it/],
    ['Lambda is out of order', [500, 'ServiceException'], /within a minute\. \(.+\)$/],
    [
      'the stack has no monitor',
      [404, 'ResourceNotFoundException'],
      /there is no monitor RefusedMonitor in us-east-1.*npm run deploy\.$/,
    ],
  ] as const)('and %s, the jobs are sent all the same, and one line says so', async (_, answer, line) => {
    queueUrl = await server.createQueue('RefusedQueue');
    const lambda =
      answer &&
      (await aLambda((response) =>
        response.writeHead(answer[0], { 'x-amzn-errortype': answer[1] }).end('{"Message":"no"}'),
      ));
    const { code, out, err } = await end(
      start([await path(), '-c', await configFor('Refused')], lambda?.env),
    );
    await lambda?.stop();
    expect({ code, sent: out.includes('48 jobs sent') }).toEqual({ code: 0, sent: true });
    const lines = err.split(/\n|\r/).filter((each) => each !== '' && !/ 48 jobs/.test(each));
    expect(lines).toEqual([expect.stringMatching(line)]);
    await received(queueUrl);
  });

  test('and Lambda never answers, the command still ends', async () => {
    queueUrl = await server.createQueue('SilentQueue');
    const lambda = await aLambda(() => undefined);
    const { code, err } = await end(start([await path(), '-c', await configFor('Silent')], lambda.env));
    await lambda.stop();
    expect(code).toBe(0);
    expect(err).toContain('the monitor will see them within a minute');
  });
});

interface Call {
  readonly at: string;
  readonly type: string | undefined;
  readonly event: unknown;
  /** When the call came. */
  readonly jobsInQueue: number;
}

/** What answers to Lambda's Invoke; moto's own runs functions in Docker. */
async function aLambda(answer: (response: ServerResponse) => void) {
  const calls: Call[] = [];
  const lambda: Server = createServer((request, response) => {
    void text(request).then(async (body) => {
      calls.push({
        at: `${String(request.method)} ${String(request.url)}`,
        type: request.headers['x-amz-invocation-type'] as string | undefined,
        event: JSON.parse(body) as unknown,
        jobsInQueue: (await server.counts(queueUrl)).waiting,
      });
      answer(response);
    });
  });
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  const { port } = lambda.address() as AddressInfo;
  return {
    calls,
    env: { AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${String(port)}` },
    stop: async () => {
      lambda.closeAllConnections();
      lambda.close();
      await once(lambda, 'close');
    },
  };
}
