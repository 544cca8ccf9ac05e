/** What stands in a deployment's way and no emulator shows: AWS's recorded answers, and none at all. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connect } from '../../lib/deployment/aws.ts';
import { keys, look, REGION, told } from './look.ts';
import { queryError, recordedAws } from './recorded-aws.ts';

describe('credentials', () => {
  const over = { SSH_KEY_NAME: 'my-key', SSH_CIDR: '203.0.113.7/32' } as const;

  test('that have expired are told once, however many questions they stopped', async () => {
    // As STS and the other query services answer; S3 answers a HEAD without a body.
    const expired = queryError(403, 'ExpiredToken', 'The security token included in the request is expired');
    const server = await recordedAws({}, expired);
    try {
      const checked = await look(
        connect({ region: REGION, endpoint: server.endpoint, credentials: keys }),
        over,
      );
      const problems = checked.findings.filter(({ kind }) => kind !== 'note');
      expect(problems).toEqual([
        {
          kind: 'problem',
          message: 'The AWS credentials have expired.',
          fix: 'Log in again (aws sso login, or however you got them), then repeat the command.',
          trouble: 'credentials expired',
        },
      ]);
    } finally {
      await server.stop();
    }
  });

  test('that may look at nothing leave the rest to CloudFormation, which has its own', async () => {
    const denied = queryError(
      403,
      'AccessDenied',
      'User: arn:aws:iam::123456789012:user/u is not authorized',
    );
    const identity = {
      status: 200,
      body: '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    };
    const server = await recordedAws({ GetCallerIdentity: identity }, denied);
    try {
      const checked = await look(
        connect({ region: REGION, endpoint: server.endpoint, credentials: keys }),
        over,
      );
      expect(checked.findings.filter(({ kind }) => kind !== 'note')).toEqual([]);
      expect(told(checked)).toContain(
        'note: Not checked. Looking at the key pair my-key: AWS does not allow it to these credentials.',
      );
    } finally {
      await server.stop();
    }
  });

  test('that are not there', async () => {
    const home = mkdtempSync(join(tmpdir(), 'no credentials '));
    const kept = { ...process.env };
    const without = Object.entries(kept).filter(([name]) => !name.startsWith('AWS_'));
    process.env = { ...Object.fromEntries(without), HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
    try {
      const checked = await look(connect({ region: REGION, endpoint: 'http://127.0.0.1:9' }), over);
      expect(checked.findings.filter(({ kind }) => kind !== 'note')).toMatchObject([
        {
          kind: 'problem',
          message: 'There are no AWS credentials here.',
          fix: expect.stringContaining('aws configure'),
        },
      ]);
    } finally {
      process.env = kept;
    }
  });
});

test.each([
  ['a moment ago: it is waited for later', 5, 0],
  ['long ago: the queue is somebody else’s', 300, 1],
])('a queue that SQS still answers for, of a run that was removed %s', async (_, seconds, problems) => {
  const stack = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Plates/1';
  const queue = 'https://sqs.eu-central-1.amazonaws.com/123456789012/PlatesQueue';
  const time = new Date(Date.now() - seconds * 1000).toISOString();
  const ok = (body: string) => ({ status: 200, body });
  const server = await recordedAws(
    {
      GetCallerIdentity: ok(
        '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
      ),
      DescribeStacks: queryError(400, 'ValidationError', 'Stack with id Plates does not exist'),
      ListStacks: ok(
        `<ListStacksResponse><ListStacksResult><StackSummaries><member><StackId>${stack}</StackId><StackName>Plates</StackName><StackStatus>DELETE_COMPLETE</StackStatus><CreationTime>${time}</CreationTime></member></StackSummaries></ListStacksResult></ListStacksResponse>`,
      ),
      DescribeStackEvents: ok(
        `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents><member><ResourceType>AWS::SQS::Queue</ResourceType><ResourceStatus>DELETE_COMPLETE</ResourceStatus><PhysicalResourceId>${queue}</PhysicalResourceId><Timestamp>${time}</Timestamp></member></StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`,
      ),
      GetQueueUrl: ok(JSON.stringify({ QueueUrl: queue })),
      DescribeClusters: ok('{"clusters":[]}'),
    },
    ok(''),
  );
  try {
    const aws = connect({ region: REGION, endpoint: server.endpoint, credentials: keys });
    // One queue of the run's own: the other exists, as the config says.
    const dead = { SQS_DEAD_LETTER_QUEUE: 'Failed', USE_EXISTING_DEAD_LETTER_QUEUE: true };
    const checked = await look(aws, { APP_NAME: 'Plates', ...dead });
    expect(checked.findings.filter(({ kind }) => kind === 'problem')).toHaveLength(problems);
  } finally {
    await server.stop();
  }
});
