/** Why a deployment failed, read from CloudFormation's events as stacks of others have shown them. */
import { expect, test } from '@jest/globals';
import { cloudFormationClient } from '../../lib/aws/control-clients.ts';
import { DeployFailedError, whyCdkFailed, whyItFailed } from '../../lib/deployment/failure.ts';
import { untilFree } from '../../lib/deployment/queue-names.ts';
import { recordedAws } from './recorded-aws.ts';

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Plates/1';
const began = new Date('2026-11-22T12:00:00Z');
const at = (seconds: number): string => new Date(began.getTime() + seconds * 1000).toISOString();

interface Event {
  readonly at: number;
  readonly type: string;
  readonly status: string;
  readonly id?: string;
  readonly reason?: string;
}

/** @param newestFirst as CloudFormation gives them */
async function asked<T>(
  newestFirst: readonly Event[],
  ask: (client: ReturnType<typeof cloudFormationClient>) => Promise<T>,
) {
  const members = newestFirst.map(
    ({ at: seconds, type, status, id = '', reason = '' }) =>
      `<member><StackId>${STACK}</StackId><StackName>Plates</StackName><LogicalResourceId>Thing</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType><Timestamp>${at(seconds)}</Timestamp><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason></member>`,
  );
  const body = `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${members.join('')}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`;
  const gone = `<ListStacksResponse><ListStacksResult><StackSummaries><member><StackId>${STACK}</StackId><StackName>Plates</StackName><StackStatus>DELETE_COMPLETE</StackStatus><CreationTime>${at(-900)}</CreationTime><DeletionTime>${at(-60)}</DeletionTime></member></StackSummaries></ListStacksResult></ListStacksResponse>`;
  const server = await recordedAws(
    { DescribeStackEvents: { status: 200, body }, ListStacks: { status: 200, body: gone } },
    { status: 500, body: '' },
  );
  try {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return await ask(cloudFormationClient({ region: 'us-east-1', endpoint: server.endpoint, credentials }));
  } finally {
    await server.stop();
  }
}

const stackFailed: Event = {
  at: 9,
  type: 'AWS::CloudFormation::Stack',
  status: 'CREATE_FAILED',
  id: STACK,
  reason: 'The following resource(s) failed to create: [Thing]',
};
const why = (events: readonly Event[]) => asked(events, (client) => whyItFailed(client, 'Plates', began));

test('an account that never used ECS: said in words, and tried again', async () => {
  // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818
  const reason =
    'Resource handler returned message: "Invalid request provided: CreateCluster Invalid Request: Unable to assume the service linked role. Please verify that the ECS service linked role exists. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)"';
  const failure = await why([
    stackFailed,
    { at: 6, type: 'AWS::EC2::VPC', status: 'CREATE_FAILED', reason: 'Resource creation cancelled' },
    { at: 5, type: 'AWS::ECS::Cluster', status: 'CREATE_FAILED', reason },
  ]);
  expect(failure).toMatchObject({
    message: expect.stringMatching(
      /^AWS stopped at AWS::ECS::Cluster Thing: ECS was never used in this account/,
    ),
    fix: expect.stringContaining('aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com'),
    again: 15,
  });
});

test('a queue name that was given back a moment ago: tried again after its minute', async () => {
  // https://github.com/pulumi/pulumi-aws-native/pull/1984
  const reason =
    'Resource handler returned message: "You must wait 60 seconds after deleting a queue before you can create another with the same name. (Service: Sqs, Status Code: 400)"';
  expect(await why([{ at: 5, type: 'AWS::SQS::Queue', status: 'CREATE_FAILED', reason }])).toMatchObject({
    message: expect.stringContaining('deleted less than 60 seconds ago'),
    again: 61,
  });
});

test('the first failure of this deployment is the cause; those of an earlier one, and what was cancelled, are not', async () => {
  const failure = await why([
    stackFailed,
    { at: 4, type: 'AWS::SQS::Queue', status: 'CREATE_FAILED', id: 'second', reason: 'No.' },
    {
      at: 3,
      type: 'AWS::Logs::LogGroup',
      status: 'CREATE_FAILED',
      id: 'Plates',
      reason: 'Plates already exists in stack',
    },
    { at: -6, type: 'AWS::IAM::Role', status: 'CREATE_FAILED', id: 'earlier', reason: 'No.' },
  ]);
  expect(failure?.message).toBe(
    'AWS stopped at AWS::Logs::LogGroup Plates: something of this name is there already. In its own words: Plates already exists in stack.',
  );
  expect(failure?.again).toBeUndefined();
});

test("a reason that nobody knows here is told in AWS's own words", async () => {
  const [event] = [
    { at: 1, type: 'AWS::EC2::VPC', status: 'DELETE_FAILED', id: 'vpc-1', reason: 'It has dependencies.' },
  ];
  const failure = await why([event]);
  expect(new DeployFailedError('destroy', failure).message).toBe(
    'npm run destroy has failed. AWS stopped at AWS::EC2::VPC vpc-1: It has dependencies.',
  );
});

test('no failure of CloudFormation: then the words of the CDK are read', async () => {
  expect(await why([{ at: 1, type: 'AWS::EC2::VPC', status: 'CREATE_COMPLETE' }])).toBeUndefined();
  // As aws-cdk 2.1148.1 says it, met on an emulated account.
  const said =
    "Plates: SSM parameter /cdk-bootstrap/hnb659fds/version not found in aws://123456789012/us-east-1. Has the environment been bootstrapped? Please run 'cdk bootstrap'";
  expect(whyCdkFailed(['✨  Synthesis time: 4.65s', said])?.fix).toContain('npx cdk bootstrap');
  expect(whyCdkFailed(['Could not find any VPCs'])).toBeUndefined();
});

test("the names of a removed run's queues: waited for until 65 s after the later one went", async () => {
  const queue = (seconds: number, name: string): Event => ({
    at: seconds,
    type: 'AWS::SQS::Queue',
    status: 'DELETE_COMPLETE',
    id: `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`,
  });
  const events = [queue(-10, 'Jobs'), queue(-20, 'Dead'), queue(-5, 'OfAnother')];
  const wait = (id: string | undefined, names: readonly string[], now: number) =>
    asked(events, (client) =>
      untilFree(client, { name: 'Plates', id }, { names, now: began.getTime() + now * 1000 }),
    );
  expect(await wait(undefined, ['Jobs', 'Dead'], 0)).toBe(55_000);
  expect(await wait(STACK, ['Dead'], 0)).toBe(45_000);
  expect(await wait(undefined, ['Jobs', 'Dead'], 60)).toBe(0);
  expect(await wait(undefined, ['New', 'Fresh'], 0)).toBe(0);
});
