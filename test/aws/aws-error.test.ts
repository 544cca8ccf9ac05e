/** What AWS answers, sent by a server as AWS sends it, and what a user reads of it. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AwsError, explainAwsError } from '../../lib/aws/aws-error.ts';
import { s3Client, sqsClient } from '../../lib/aws/clients.ts';
import { aFolder } from '../fixtures/folder.ts';
import { ANY_KEYS } from '../fixtures/queue.ts';

let server: Server;
let answer: { status: number; body: string; type: string };
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'Content-Type': answer.type });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { endpoint, region: 'us-east-1', credentials: ANY_KEYS };
  [s3, sqs] = [s3Client(options), sqsClient(options)];
});
afterAll(() => {
  s3.destroy();
  sqs.destroy();
  server.close();
});

const xml = (status: number, code: string) => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>AWS says ${code}.</Message></Error>`,
});
const json = (status: number, type: string) => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: `AWS says ${type}.` }),
});

async function errorOf(request: Promise<unknown>): Promise<AwsError> {
  const thrown = await request.then(
    () => undefined,
    (error: unknown) => error,
  );
  return explainAwsError(thrown, 'Reading s3://b/k');
}

describe('S3', () => {
  test.each([
    ['ExpiredToken', 400, 'credentials expired', 'the AWS credentials have expired', 'aws sso login'],
    [
      'InvalidAccessKeyId',
      403,
      'credentials refused',
      'AWS does not know these credentials',
      'get-caller-identity',
    ],
    [
      'SignatureDoesNotMatch',
      403,
      'credentials refused',
      'AWS does not know these credentials',
      'access key',
    ],
    ['RequestTimeTooSkewed', 403, 'clock wrong', 'the clock of this machine is wrong', 'Set the clock'],
    ['AuthorizationHeaderMalformed', 400, 'region wrong', 'the bucket is in another region', 'AWS_REGION'],
    ['AccessDenied', 403, 'access denied', 'AWS does not allow it', 'profile'],
    ['NoSuchBucket', 404, 'bucket missing', 'there is no bucket of this name', 'AWS_BUCKET'],
    ['SomethingNew', 400, 'other', 'AWS says SomethingNew.', 'Repeat'],
  ])('%s', async (code, status, trouble, why, fix) => {
    answer = xml(status, code);
    const error = await errorOf(s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ code: 'AWS_FAILED', trouble, fix: expect.stringContaining(fix) });
    expect(error.message).toContain(`Reading s3://b/k: ${why}`);
  });

  test('a HEAD has no body: its status speaks', async () => {
    answer = xml(403, 'AccessDenied');
    const error = await errorOf(s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(error.trouble).toBe('access denied');
  });
});

describe('SQS', () => {
  test.each([
    ['QueueDeletedRecently', 'queue deleted recently', 'less than 60 seconds ago', 'Wait a minute'],
    ['QueueDoesNotExist', 'queue missing', 'there is no queue of this name', 'npm run deploy'],
    ['ExpiredTokenException', 'credentials expired', 'have expired', 'Log in again'],
    ['AccessDeniedException', 'access denied', 'does not allow', 'permission'],
    ['UnrecognizedClientException', 'credentials refused', 'does not know', 'access key'],
  ])('%s', async (type, trouble, why, fix) => {
    answer = json(400, type);
    const error = await errorOf(sqs.send(new CreateQueueCommand({ QueueName: 'q' })));
    expect(error).toMatchObject({
      trouble,
      message: expect.stringContaining(why),
      fix: expect.stringContaining(fix),
    });
  });
});

test.each([
  ['Signature expired: 20261122T173455Z is now earlier than', 'clock wrong'],
  ['The request signature we calculated does not match the signature you provided.', 'credentials refused'],
])('an invalid signature: %s', (message, trouble) => {
  const error = Object.assign(new TypeError(message), { name: 'InvalidSignatureException' });
  expect(explainAwsError(error, 'Sending').trouble).toBe(trouble);
});

describe('this machine', () => {
  test('a server that does not answer', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((closed) => gone.close(closed));
    const endpoint = `http://127.0.0.1:${port}`;
    const client = new SQSClient({ endpoint, region: 'us-east-1', credentials: ANY_KEYS, maxAttempts: 1 });
    expect(await errorOf(client.send(new CreateQueueCommand({ QueueName: 'q' })))).toMatchObject({
      trouble: 'unreachable',
      fault: 'environment',
    });
    client.destroy();
  });

  describe('without any AWS account', () => {
    const before = { ...process.env };
    beforeAll(async () => {
      const home = await aFolder();
      process.env = Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith('AWS_')));
      Object.assign(process.env, {
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: join(home, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      });
    });
    afterAll(() => {
      process.env = before;
    });

    test('credentials are missing, then the region', async () => {
      const queue = new CreateQueueCommand({ QueueName: 'q' });
      expect(await errorOf(sqsClient({ region: 'us-east-1' }).send(queue))).toMatchObject({
        trouble: 'credentials missing',
        fix: expect.stringContaining('aws configure'),
      });
      expect(await errorOf(sqsClient({ region: 'us-east-1', profile: 'no such' }).send(queue))).toMatchObject(
        {
          trouble: 'credentials missing',
          message: 'Reading s3://b/k: there are no AWS credentials here',
        },
      );
      expect((await errorOf(sqsClient({ credentials: ANY_KEYS }).send(queue))).trouble).toBe(
        'region missing',
      );
    });
  });

  describe('with profiles that give no credentials', () => {
    const before = { ...process.env };
    const role = 'role_arn = arn:aws:iam::123456789012:role/lab';
    beforeAll(async () => {
      const home = await aFolder();
      process.env = Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith('AWS_')));
      Object.assign(process.env, {
        AWS_CONFIG_FILE: join(home, 'my config'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      });
      await writeFile(
        join(home, 'my config'),
        `[profile base]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = none\n
[profile lab]\n${role}\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/ana\n
[profile half]\nsso_start_url = https://lab.awsapps.com/start\nsso_region = us-east-1\n`,
      );
    });
    afterAll(() => {
      process.env = before;
    });

    const errorWith = async (profile: string) => {
      const client = sqsClient({ region: 'us-east-1', profile });
      try {
        return await errorOf(client.send(new CreateQueueCommand({ QueueName: 'q' })));
      } finally {
        client.destroy();
      }
    };

    test('that wants a code of another device', async () => {
      expect(await errorWith('lab')).toMatchObject({
        trouble: 'code of MFA needed',
        message:
          'Reading s3://b/k: the AWS profile wants a code (MFA), which cannot be typed here (Profile lab requires multi-factor authentication, but no MFA code callback was provided)',
        fix: expect.stringMatching(
          /aws sso login.*aws sts get-session-token.*AWS_PROFILE.*AWS_SESSION_TOKEN/,
        ),
      });
    });

    test('that is not whole: what the SDK says of it is told', async () => {
      expect(await errorWith('half')).toMatchObject({
        trouble: 'credentials missing',
        message: expect.stringMatching(
          /no AWS credentials here \(Profile is configured with invalid SSO .* Got sso_start_url, sso_region\)$/,
        ),
      });
    });
  });

  test('who may not do what is told as AWS says it, without what nobody can read', () => {
    const said = 'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ec2:DescribeVpcs';
    const denied = (message: string) =>
      explainAwsError(
        Object.assign(new Error(message), {
          name: 'UnauthorizedOperation',
          $metadata: { httpStatusCode: 403 },
        }),
        'Looking',
      );
    const text = `Looking: AWS does not allow it to these credentials (${said})`;
    expect(denied(`${said}.`).message).toBe(text);
    expect(
      denied(
        `You are not authorized to perform this operation. ${said}. Encoded authorization failure message: Zx9_`,
      ).message,
    ).toBe(text);
    expect(denied('Access Denied').message).toBe('Looking: AWS does not allow it to these credentials');
  });

  test('a login that has expired, as the SDK says it', () => {
    const message =
      "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.";
    const thrown = Object.assign(new Error(message), { name: 'CredentialsProviderError' });
    expect(explainAwsError(thrown, 'x').trouble).toBe('credentials expired');
  });

  test('what is explained already stays as it is, and what is no error is said', () => {
    const explained = explainAwsError(new Error('x'), 'first');
    expect(explainAwsError(explained, 'second')).toBe(explained);
    expect(explainAwsError('odd', 'Doing').message).toBe('Doing: odd');
  });
});
