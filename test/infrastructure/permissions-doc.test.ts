/** The policies in docs/permissions.md hold what the commands and `cdk deploy` use, and no more. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from 'aws-cdk-lib/core';
import { requestsOf } from './requests.ts';
import { stackOf, templateOf } from './synth.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const doc = readFileSync(join(root, 'docs/permissions.md'), 'utf8');

function policy(name: string): readonly Statement[] {
  const [, json = ''] = new RegExp(`^\`\`\`json ${name}\\n(.*?)^\`\`\``, 'ms').exec(doc) ?? [];
  return (JSON.parse(json) as { Statement: Statement[] }).Statement;
}

const actions = (statements: readonly Statement[]): string[] =>
  [...new Set(statements.flatMap(({ Action }) => [Action].flat()))].sort();

test('deploying: the bootstrap roles are those that the deployment asks for', () => {
  const app = stackOf({}).node.root as App;
  const { directory } = app.synth();
  const asked = new Set(
    readdirSync(directory)
      .filter((name) => /^manifest\.json$|\.assets\.json$/.test(name))
      .flatMap((name) => [
        ...readFileSync(join(directory, name), 'utf8').matchAll(/cdk-[a-z0-9]+-[a-z-]+-role/g),
      ])
      .map(([role]) => role),
  );
  asked.delete('cdk-hnb659fds-cfn-exec-role'); // CloudFormation takes it, and the deploy role hands it over
  const [statement] = policy('deploying');
  const given = [statement!.Resource].flat().map((arn) => /cdk-.*-role/.exec(arn)?.[0]);
  expect(asked.size).toBe(3);
  expect(given).toEqual(expect.arrayContaining([...asked]));
  expect(given.filter((role) => !asked.has(role ?? ''))).toEqual(['cdk-hnb659fds-image-publishing-role']);
});

/** The action of each request that `enqueue` could make. */
const ENQUEUE: Readonly<Record<string, string>> = {
  GetObject: 's3:GetObject',
  GetQueueUrl: 'sqs:GetQueueUrl',
  HeadObject: 's3:GetObject',
  Invoke: 'lambda:InvokeFunction',
  ListObjectsV2: 's3:ListBucket',
  SendMessageBatch: 'sqs:SendMessage',
};

/** In the code that it loads, and only for those who write: the store of a worker. */
const OF_WORKERS = ['PutObject'];

test('running: every request that enqueue can make is allowed, and nothing else', () => {
  expect(requestsOf('lib/cli/enqueue.ts')).toEqual([...Object.keys(ENQUEUE), ...OF_WORKERS].sort());
  expect(actions(policy('running'))).toEqual([...new Set(Object.values(ENQUEUE))].sort());
});

/** The action of each request with which `deploy` and `destroy` look before they begin; what they change, the CDK does. */
const LOOK: Readonly<Record<string, string | undefined>> = {
  DescribeAutoScalingGroups: 'autoscaling:DescribeAutoScalingGroups',
  DescribeClusters: 'ecs:DescribeClusters',
  DescribeImages: 'ecr:DescribeImages',
  DescribeKeyPairs: 'ec2:DescribeKeyPairs',
  DescribeStackEvents: 'cloudformation:DescribeStackEvents',
  DescribeStacks: 'cloudformation:DescribeStacks',
  DescribeVpcs: 'ec2:DescribeVpcs',
  GetCallerIdentity: undefined, // everybody may ask who they are
  GetQueueAttributes: 'sqs:GetQueueAttributes',
  GetQueueUrl: 'sqs:GetQueueUrl',
  HeadBucket: 's3:ListBucket',
  ListStackResources: 'cloudformation:ListStackResources',
  ListStacks: 'cloudformation:ListStacks',
};

test('looking: every request that deploy and destroy can make is allowed, and nothing else; all of them only read', () => {
  const requests = new Set(['deploy', 'destroy'].flatMap((name) => requestsOf(`lib/cli/${name}.ts`)));
  expect([...requests].sort()).toEqual(Object.keys(LOOK).sort());
  expect(actions(policy('looking'))).toEqual(
    Object.values(LOOK)
      .filter((action) => action !== undefined)
      .sort(),
  );
});

test('monitoring: what the monitor in AWS may, but for its own log, and the stack’s outputs', () => {
  const policies = Object.values(templateOf({}).findResources('AWS::IAM::Policy')) as {
    Properties: { PolicyDocument: { Statement: Statement[] }; Roles: { Ref: string }[] };
  }[];
  const own = policies.find(({ Properties }) => /^MonitorRole/.test(Properties.Roles[0]!.Ref));
  const statements = own!.Properties.PolicyDocument.Statement.filter(({ Sid }) => Sid !== 'WriteItsLog');
  const told = policy('monitoring');
  const bySid = (each: readonly Statement[]) =>
    Object.fromEntries(
      each.map(({ Sid, Action, Condition }) => [
        Sid,
        [actions([{ Sid, Action, Resource: '' }]), Condition !== undefined],
      ]),
    );
  expect(bySid(told)).toEqual({
    ...bySid(statements),
    ReadTheStack: [['cloudformation:DescribeStacks'], false],
  });
  for (const { Sid, Resource } of told) {
    const asked = statements.find((each) => each.Sid === Sid);
    if (asked !== undefined) expect([Sid, Resource === '*']).toEqual([Sid, asked.Resource === '*']);
  }
});

test('a key of one’s own: every role of the stack has the tag by which the key knows it', () => {
  const [, json = ''] = /^```json key\n(.*?)^```/ms.exec(doc) ?? [];
  const { Condition } = JSON.parse(json) as { Condition: { StringEquals: Record<string, string> } };
  const roles = Object.values(templateOf({}).findResources('AWS::IAM::Role')) as {
    Properties: { Tags?: { Key: string; Value: string }[] };
  }[];
  expect(roles.length).toBeGreaterThan(4);
  for (const { Properties } of roles) {
    const [{ Key, Value } = { Key: '', Value: '' }] = Properties.Tags ?? [];
    expect(Condition.StringEquals[`aws:PrincipalTag/${Key}`]).toBe(Value);
  }
});
