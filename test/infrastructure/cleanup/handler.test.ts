/** The clean-up's talk with CloudFormation: always an answer, never another id, and the words of a failure. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { handler } from '../../../lib/infrastructure/cleanup/handler.ts';

interface Answer {
  readonly Status: string;
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly LogicalResourceId: string;
}

const answers: { answer: Answer; type: string | undefined }[] = [];
let cloudFormation: Server;
let address: string;
/** An AWS that allows nothing. */
let aws: Server;
const environment = { ...process.env };

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
};

beforeAll(async () => {
  cloudFormation = createServer((request, response) => {
    void text(request).then((body) => {
      answers.push({ answer: JSON.parse(body) as Answer, type: request.headers['content-type'] });
      response.end();
    });
  });
  aws = createServer((_, response) => {
    response
      .writeHead(403, { 'content-type': 'text/xml' })
      .end(
        '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
      );
  });
  address = await listen(cloudFormation);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: await listen(aws),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  process.env = environment;
  cloudFormation.close();
  aws.close();
});

const properties = {
  ServiceToken: 'arn',
  Group: 'group',
  Cluster: 'Plates',
  TaskFamily: 'PlatesTask',
  Machines: '',
  Dashboard: '',
};

async function call(request: object): Promise<Answer> {
  await handler(
    {
      RequestType: 'Create',
      ResponseURL: address,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'CleanUpResource',
      ResourceProperties: properties,
      ...request,
    },
    { getRemainingTimeInMillis: () => 60_000 },
  );
  return answers.at(-1)!.answer;
}

test('made and changed: success without any call, and the same id for ever', async () => {
  const made = await call({ RequestType: 'Create' });
  expect(made).toMatchObject({ Status: 'SUCCESS', LogicalResourceId: 'CleanUpResource' });
  // Signed for an empty one: with any other S3 refuses the answer.
  expect(answers.at(-1)!.type ?? '').toBe('');
  const changed = await call({
    RequestType: 'Update',
    PhysicalResourceId: made.PhysicalResourceId,
    ResourceProperties: { ...properties, Group: 'another' },
    OldResourceProperties: properties,
  });
  expect(changed).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: made.PhysicalResourceId });
});

test('given another cluster, then there and back again: never refused, whatever machines there are', async () => {
  const other = { ...properties, Cluster: 'Other' };
  for (const [before, after] of [
    [properties, other],
    [other, properties], // CloudFormation goes back, as after any other failure
  ]) {
    const update = { RequestType: 'Update', PhysicalResourceId: 'id' };
    const changed = await call({ ...update, ResourceProperties: after, OldResourceProperties: before });
    expect(changed).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'id' });
  }
});

test('given a dashboard that was the monitor’s, then a change takes it away, and going back does not', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const monitors = { ...properties, Dashboard: 'Plates' };
  const change = async (before: object, after: object) =>
    call({
      RequestType: 'Update',
      PhysicalResourceId: 'id',
      ResourceProperties: after,
      OldResourceProperties: before,
    });
  // AWS allows nothing here: that it fails shows that it was asked.
  expect((await change(monitors, properties)).Status).toBe('FAILED');
  expect((await change(properties, monitors)).Status).toBe('SUCCESS');
  expect((await change(monitors, { ...monitors, Group: 'another' })).Status).toBe('SUCCESS');
  error.mockRestore();
});

test('removed, and AWS refuses: the answer says so, and keeps the id', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(await call({ RequestType: 'Delete', PhysicalResourceId: 'id' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('not authorized'),
    PhysicalResourceId: 'id',
  });
  expect(error).toHaveBeenCalledTimes(1);
  error.mockRestore();
});
