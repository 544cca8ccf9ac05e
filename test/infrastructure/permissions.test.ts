/**
 * Every statement of every role, in full. Whoever gives a part another permission changes this list too, and a reader
 * sees in one place what the account is opened to. `<...>` stands for what CloudFormation fills in.
 */
import { templateOf } from './synth.ts';
import type { Template } from './synth.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: Statement[] };
  readonly Roles: readonly { readonly Ref: string }[];
}

/** A role's logical id without its hash -> its statements, a line each. */
function statementsOf(template: Template): Record<string, string[]> {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as {
    Properties: PolicyProperties;
  }[];
  return Object.fromEntries(
    policies.map(({ Properties }) => [
      Properties.Roles.map(({ Ref }) => Ref.slice(0, -8)).join(),
      Properties.PolicyDocument.Statement.map(line),
    ]),
  );
}

function line({ Sid = '', Effect, Action, Resource, Condition }: Statement): string {
  const actions = [Action].flat().join(' ');
  const resources = [Resource].flat().map(shown).join(' ');
  const condition = Condition === undefined ? '' : ` if ${shown(Condition)}`;
  return `${Effect} ${Sid}: ${actions} on ${resources}${condition}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value.replace(/[0-9a-f]{64}/, '<hash>');
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref.replace(/[0-9A-F]{8}$/, '')}>`;
  if (Array.isArray(attribute)) return `<${String(attribute[0]).replace(/[0-9A-F]{8}$/, '')}>`;
  if (Array.isArray(joined)) return (joined[1] as unknown[]).map(shown).join('');
  const sub = (value as Record<string, unknown>)['Fn::Sub'];
  if (typeof sub === 'string') return shown(sub);
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `${key} ${shown(inner)}`)
    .join(' ');
}

const ARN = 'arn:<AWS::Partition>';
const HERE = 'us-east-1:<AWS::AccountId>';
const GROUP = `${ARN}:autoscaling:${HERE}:autoScalingGroup:*:autoScalingGroupName/<MachinesGroupASG>`;
const IN_CLUSTER = 'if ArnEquals ecs:cluster <Cluster>';
const INSTANCES = `${ARN}:ecs:${HERE}:container-instance/Plates/*`;
const TASKS = `${ARN}:ecs:${HERE}:task/Plates/*`;
const BUCKET = `${ARN}:s3:::images-of-our-lab`;

test('given a plain run, then these are all the permissions there are', () => {
  expect(statementsOf(templateOf({}))).toEqual({
    MachinesRole: [
      'Allow AgentJoins: ecs:DeregisterContainerInstance ecs:RegisterContainerInstance on <Cluster>',
      'Allow AgentReports: ecs:SubmitAttachmentStateChanges ecs:SubmitContainerStateChange ecs:SubmitTaskStateChange on <Cluster>',
      `Allow AgentListens: ecs:Poll ecs:StartTelemetrySession ecs:UpdateContainerInstancesState on ${INSTANCES} ${IN_CLUSTER}`,
      'Allow AgentFindsItsEndpoint: ecs:DiscoverPollEndpoint on *',
      'Allow ShellInTheConsole: ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel on *',
      expect.stringMatching(
        /^Allow FetchWorker: s3:GetObject on \S+cdk-hnb659fds-assets-\S+<hash>\.zip \S+<hash>\.zip$/,
      ),
      'Allow SayWhyBootFailed: logs:CreateLogStream logs:PutLogEvents on <LogsMachines>',
      `Allow EndItselfWhenIdle: autoscaling:TerminateInstanceInAutoScalingGroup on ${GROUP}`,
      `Allow MountBucket: s3:ListBucket on ${BUCKET}`,
      `Allow ReadMountedObjects: s3:GetObject on ${BUCKET}/*`,
    ],
    TaskExecutionRole: ['Allow WriteJobLog: logs:CreateLogStream logs:PutLogEvents on <LogsJobs>'],
    TaskWorkerRole: [
      'Allow WorkOnJobs: sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage on <QueueJobs>',
      'Allow GiveUpJobs: sqs:SendMessage on <QueueDeadLetters>',
      `Allow ListInputsAndOutputs: s3:ListBucket on ${BUCKET}`,
      `Allow ReadInputs: s3:GetObject on ${BUCKET}/*`,
      `Allow WriteOutputs: s3:AbortMultipartUpload s3:PutObject on ${BUCKET}/*`,
    ],
    MonitorRole: [
      'Allow CountJobs: sqs:GetQueueAttributes on <QueueJobs> <QueueDeadLetters>',
      'Allow SeeMachines: autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScalingActivities cloudwatch:GetMetricData ec2:DescribeSpotPriceHistory on *',
      `Allow StartAndEndMachines: autoscaling:ResumeProcesses autoscaling:SetDesiredCapacity autoscaling:SuspendProcesses autoscaling:TerminateInstanceInAutoScalingGroup on ${GROUP}`,
      'Allow SeeClusterMembers: ecs:DeregisterContainerInstance ecs:ListContainerInstances on <Cluster>',
      `Allow SeeAndDrainMembers: ecs:DescribeContainerInstances ecs:UpdateContainerInstancesState on ${INSTANCES} ${IN_CLUSTER}`,
      `Allow ListTasks: ecs:ListTasks on * ${IN_CLUSTER}`,
      `Allow SeeTasks: ecs:DescribeTasks on ${TASKS} ${IN_CLUSTER}`,
      `Allow StartTasks: ecs:RunTask on ${ARN}:ecs:${HERE}:task-definition/PlatesTask:* ${IN_CLUSTER}`,
      `Allow TagTasksAtStart: ecs:TagResource on ${TASKS} if StringEquals ecs:CreateAction RunTask`,
      'Allow GiveTasksTheirRoles: iam:PassRole on <TaskExecutionRole> <TaskWorkerRole> if StringEquals iam:PassedToService ecs-tasks.amazonaws.com',
      `Allow Remember: s3:GetObject s3:PutObject on ${BUCKET}/distributed-fiji/Plates/monitor.json`,
      `Allow CountRecords: s3:ListBucket on ${BUCKET} if StringLike s3:prefix distributed-fiji/Plates/*`,
      'Allow WriteItsLog: logs:CreateLogStream logs:PutLogEvents on <LogsMonitor>',
      `Allow RemoveAndPutDashboard: cloudwatch:DeleteDashboards cloudwatch:PutDashboard on ${ARN}:cloudwatch::<AWS::AccountId>:dashboard/Plates`,
    ],
    MonitorSchedulerRole: ['Allow CallMonitor: lambda:InvokeFunction on <MonitorFunction>'],
    CleanUpRole: [
      'Allow SeeGroup: autoscaling:DescribeAutoScalingGroups on *',
      `Allow EmptyGroup: autoscaling:UpdateAutoScalingGroup on ${GROUP}`,
      'Allow Deregister: ecs:DeregisterContainerInstance ecs:ListContainerInstances on <Cluster>',
      `Allow ListTasks: ecs:ListTasks on * ${IN_CLUSTER}`,
      `Allow StopTasks: ecs:StopTask on ${TASKS} ${IN_CLUSTER}`,
      'Allow WriteItsLog: logs:CreateLogStream logs:PutLogEvents on <LogsCleanUp>',
      `Allow RemoveDashboard: cloudwatch:DeleteDashboards on ${ARN}:cloudwatch::<AWS::AccountId>:dashboard/Plates`,
    ],
  });
});

test('given every feature, then each adds its own statement and no more', () => {
  const plain = statementsOf(templateOf({}));
  const rich = statementsOf(
    templateOf({
      DOCKERHUB_TAG: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/lab/fiji:2',
      NOTIFY_EMAIL: 'you@example.org',
      SCRIPT_DOWNLOAD_URL: 's3://scripts-of-others/count.groovy',
      UPLOAD_FLAGS: '--acl bucket-owner-full-control',
    }),
  );
  const added = Object.entries(rich).flatMap(([role, lines]) =>
    lines
      .filter((one) => !plain[role]?.includes(one) && !one.includes('FetchWorker'))
      .map((one) => `${role} ${one}`),
  );
  const pull = [
    'Allow LogInToEcr: ecr:GetAuthorizationToken on *',
    `Allow PullImage: ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on ${ARN}:ecr:eu-west-1:111122223333:repository/lab/fiji`,
  ];
  expect(added.sort()).toEqual(
    [
      ...pull.flatMap((one) => [`MachinesRole ${one}`, `TaskExecutionRole ${one}`]),
      `TaskWorkerRole Allow ReadInputs: s3:GetObject on ${BUCKET}/* ${ARN}:s3:::scripts-of-others/count.groovy`,
      `TaskWorkerRole Allow WriteOutputs: s3:AbortMultipartUpload s3:PutObject s3:PutObjectAcl on ${BUCKET}/*`,
      'MonitorRole Allow SendMail: sns:Publish on <MailTopic>',
    ].sort(),
  );
});

test('no action has a wildcard, and no role has a policy of somebody else', () => {
  const template = templateOf({ NOTIFY_EMAIL: 'you@example.org' });
  const actions = Object.values(statementsOf(template))
    .flat()
    .map((one) => one.slice(0, one.indexOf(' on ')));
  expect(actions.filter((one) => one.includes('*'))).toEqual([]);
  const roles = Object.values(template.findResources('AWS::IAM::Role')) as { Properties: object }[];
  expect(roles).toHaveLength(6);
  for (const { Properties } of roles) {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
  }
});

test('services that act for many accounts take a role for this account alone', () => {
  const roles = Object.entries(templateOf({}).findResources('AWS::IAM::Role')) as [
    string,
    { Properties: { AssumeRolePolicyDocument: { Statement: Record<string, unknown>[] } } },
  ][];
  const trust = roles.map(([id, { Properties }]) => {
    const [{ Principal, Condition } = {}] = Properties.AssumeRolePolicyDocument.Statement;
    const condition = Condition === undefined ? '' : ` if ${shown(Condition)}`;
    return `${shown({ Ref: id })} ${shown(Principal)}${condition}`;
  });
  const ours = 'if StringEquals aws:SourceAccount <AWS::AccountId>';
  expect(trust.sort()).toEqual([
    '<CleanUpRole> Service lambda.amazonaws.com',
    '<MachinesRole> Service ec2.amazonaws.com',
    '<MonitorRole> Service lambda.amazonaws.com',
    `<MonitorSchedulerRole> Service scheduler.amazonaws.com ${ours}`,
    `<TaskExecutionRole> Service ecs-tasks.amazonaws.com ${ours}`,
    `<TaskWorkerRole> Service ecs-tasks.amazonaws.com ${ours}`,
  ]);
});
