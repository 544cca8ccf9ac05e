/** Each part that runs on AWS may make every request that its code can make, and no other: AWS alone would tell, and late. */
import { requestsOf } from './requests.ts';
import { templateOf } from './synth.ts';

/** The action that a request needs, where it is not called as the request is. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  ChangeMessageVisibilityBatch: ['sqs:ChangeMessageVisibility'],
  DeleteMessageBatch: ['sqs:DeleteMessage'],
  HeadObject: ['s3:GetObject'],
  ListObjectsV2: ['s3:ListBucket'],
  Publish: ['sns:Publish'],
  // Roles are passed on with the task, and its definition's tags.
  RunTask: ['ecs:RunTask', 'ecs:TagResource', 'iam:PassRole'],
  SendMessageBatch: ['sqs:SendMessage'],
};

/** Every function writes its log; large files are put in parts, by a library, and what was begun is taken back. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  MonitorRole: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  CleanUpRole: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  TaskWorkerRole: ['s3:AbortMultipartUpload'],
};

function allowed(role: string): string[] {
  const policies = Object.values(
    templateOf({ NOTIFY_EMAIL: 'you@example.org' }).findResources('AWS::IAM::Policy'),
  ) as {
    Properties: {
      PolicyDocument: { Statement: { Action: string | string[] }[] };
      Roles: { Ref: string }[];
    };
  }[];
  return policies
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }) => Ref.startsWith(role)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => [Action].flat());
}

test.each([
  ['the monitor', 'MonitorRole', 'lib/monitor/lambda.ts'],
  ['the clean-up', 'CleanUpRole', 'lib/infrastructure/cleanup/handler.ts'],
  ['the worker', 'TaskWorkerRole', 'lib/worker/main.ts'],
])('%s', (_, role, program) => {
  const may = allowed(role);
  const needed = requestsOf(program).flatMap(
    (request) => ACTIONS[request] ?? [may.find((action) => action.endsWith(`:${request}`)) ?? request],
  );
  expect(needed.length).toBeGreaterThan(3);
  expect([...new Set([...needed, ...(BESIDE[role] ?? [])])].sort()).toEqual([...new Set(may)].sort());
});
