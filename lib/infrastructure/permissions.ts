/**
 * Who may do what: every statement of every role, by hand, since grants of constructs come with wildcards. An action on
 * `*` is one for which AWS knows no narrower resource; each says so.
 */
import {
  Effect,
  type IPrincipal,
  PolicyStatement,
  type PolicyStatementProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib/core';
import type { Config, Derived } from '../config/index.ts';
import { ecrRepository } from './image.ts';

const allow = (
  sid: string,
  actions: string[],
  resources: string[],
  rest: PolicyStatementProps = {},
): PolicyStatement => new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources, ...rest });

/** A service that acts for many accounts at once may do it for things of our own account alone. */
export const serviceFor = (stack: Stack, name: 'cloudwatch' | 'ecs-tasks' | 'scheduler'): IPrincipal =>
  new ServicePrincipal(`${name}.amazonaws.com`, {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  });

/** ARNs that several roles name, of things that exist or have names of our choosing. */
export function arnsOf(stack: Stack, config: Config, derived: Derived, clusterArn: string) {
  const ecs = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'ecs', resource, resourceName });
  const bucket = (name: string): string =>
    Arn.format({ service: 's3', region: '', account: '', resource: name }, stack);
  return {
    cluster: clusterArn,
    containerInstances: ecs('container-instance', `${config.ECS_CLUSTER}/*`),
    tasks: ecs('task', `${config.ECS_CLUSTER}/*`),
    /** Every revision: a monitor of the last deployment may start a task at this moment. */
    taskDefinitions: ecs('task-definition', `${derived.taskFamily}:*`),
    source: bucket(config.SOURCE_BUCKET),
    destination: bucket(config.DESTINATION_BUCKET),
    script: scriptObject(config, bucket),
    /** AWS puts an id in the middle that nobody knows beforehand. */
    group: (name: string): string =>
      stack.formatArn({
        service: 'autoscaling',
        resource: 'autoScalingGroup:*:autoScalingGroupName',
        resourceName: name,
      }),
    dashboard: stack.formatArn({
      service: 'cloudwatch',
      region: '',
      resource: 'dashboard',
      resourceName: derived.dashboardName,
    }),
    secret: secretArn(stack, config),
    repository: repositoryArn(stack, config),
  };
}
export type Arns = ReturnType<typeof arnsOf>;

/** The machine: the ECS agent, the mount, the bundle, the shell in the console. Containers cannot reach this role. */
export function machineStatements(
  arns: Arns,
  own: {
    readonly assets: readonly string[];
    readonly logGroup: string;
    readonly group: string;
    readonly mount: boolean;
  },
): PolicyStatement[] {
  const inCluster = { conditions: { ArnEquals: { 'ecs:cluster': arns.cluster } } };
  return [
    allow('AgentJoins', ['ecs:DeregisterContainerInstance', 'ecs:RegisterContainerInstance'], [arns.cluster]),
    allow(
      'AgentReports',
      ['ecs:SubmitAttachmentStateChanges', 'ecs:SubmitContainerStateChange', 'ecs:SubmitTaskStateChange'],
      [arns.cluster],
    ),
    allow(
      'AgentListens',
      // UpdateContainerInstancesState: the agent drains itself on a Spot notice.
      ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      [arns.containerInstances],
      inCluster,
    ),
    // AWS: no resource type. It only answers with an address.
    allow('AgentFindsItsEndpoint', ['ecs:DiscoverPollEndpoint'], ['*']),
    // AWS: Session Manager's machine side knows no resources.
    allow(
      'ShellInTheConsole',
      [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      ['*'],
    ),
    allow('FetchWorker', ['s3:GetObject'], [...own.assets]),
    allow('SayWhyBootFailed', ['logs:CreateLogStream', 'logs:PutLogEvents'], [own.logGroup]),
    allow('EndItselfWhenIdle', ['autoscaling:TerminateInstanceInAutoScalingGroup'], [arns.group(own.group)]),
    ...(own.mount
      ? [
          allow('MountBucket', ['s3:ListBucket'], [arns.source]),
          allow('ReadMountedObjects', ['s3:GetObject'], [`${arns.source}/*`]),
        ]
      : []),
    ...pullStatements(arns),
  ];
}

/** ECS on a task's behalf: pull the image, write the container's log. */
export function executionStatements(arns: Arns, logGroup: string): PolicyStatement[] {
  return [
    allow('WriteJobLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup]),
    ...pullStatements(arns),
    ...(arns.secret === undefined
      ? []
      : [allow('ReadRegistryLogin', ['secretsmanager:GetSecretValue'], [arns.secret])]),
  ];
}

/** The worker, and so the user's script. */
export function workerStatements(
  arns: Arns,
  own: { readonly queue: string; readonly deadLetters: string; readonly setsAcl: boolean },
): PolicyStatement[] {
  return [
    allow(
      'WorkOnJobs',
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage', // a failed job goes back with its history
      ],
      [own.queue],
    ),
    allow('GiveUpJobs', ['sqs:SendMessage'], [own.deadLetters]),
    // Without ListBucket, S3 answers 'forbidden' where it means 'not there'.
    allow('ListInputsAndOutputs', ['s3:ListBucket'], unique([arns.source, arns.destination])),
    allow(
      'ReadInputs',
      ['s3:GetObject'],
      unique([`${arns.source}/*`, `${arns.destination}/*`, ...arns.script]),
    ),
    allow(
      'WriteOutputs',
      ['s3:AbortMultipartUpload', 's3:PutObject', ...(own.setsAcl ? ['s3:PutObjectAcl'] : [])],
      [`${arns.destination}/*`],
    ),
  ];
}

/** The Lambda that starts and ends machines and tasks. */
export function monitorStatements(
  arns: Arns,
  own: {
    readonly queue: string;
    readonly deadLetters: string;
    readonly group: string;
    readonly logGroup: string;
    readonly roles: readonly string[];
    /** Key of the object it remembers by. */
    readonly memoryKey: string;
    /** What the keys of records begin with. */
    readonly recordsPrefix: string;
    readonly topic: string | undefined;
    readonly dashboard: boolean;
  },
): PolicyStatement[] {
  const inCluster = { conditions: { ArnEquals: { 'ecs:cluster': arns.cluster } } };
  return [
    allow('CountJobs', ['sqs:GetQueueAttributes'], [own.queue, own.deadLetters]),
    // AWS: Describe calls of Auto Scaling and EC2, and reading metrics, take no resource.
    allow(
      'SeeMachines',
      [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeScalingActivities',
        'cloudwatch:GetMetricData', // the age of the oldest job
        'ec2:DescribeSpotPriceHistory',
      ],
      ['*'],
    ),
    allow(
      'StartAndEndMachines',
      [
        'autoscaling:ResumeProcesses',
        'autoscaling:SetDesiredCapacity',
        'autoscaling:SuspendProcesses',
        'autoscaling:TerminateInstanceInAutoScalingGroup',
      ],
      [arns.group(own.group)],
    ),
    allow(
      'SeeClusterMembers',
      ['ecs:DeregisterContainerInstance', 'ecs:ListContainerInstances'],
      [arns.cluster],
    ),
    allow(
      'SeeAndDrainMembers',
      ['ecs:DescribeContainerInstances', 'ecs:UpdateContainerInstancesState'],
      [arns.containerInstances],
      inCluster,
    ),
    // AWS: a list of a whole cluster's tasks has no resource but the condition.
    allow('ListTasks', ['ecs:ListTasks'], ['*'], inCluster),
    allow('SeeTasks', ['ecs:DescribeTasks'], [arns.tasks], inCluster),
    allow('StartTasks', ['ecs:RunTask'], [arns.taskDefinitions], inCluster),
    // A task that takes its definition's tags is refused without: the bill would not know whose it was.
    allow('TagTasksAtStart', ['ecs:TagResource'], [arns.tasks], {
      conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
    }),
    allow('GiveTasksTheirRoles', ['iam:PassRole'], [...own.roles], {
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
    allow('Remember', ['s3:GetObject', 's3:PutObject'], [`${arns.destination}/${own.memoryKey}`]),
    allow('CountRecords', ['s3:ListBucket'], [arns.destination], {
      conditions: { StringLike: { 's3:prefix': `${own.recordsPrefix}*` } },
    }),
    allow('WriteItsLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [own.logGroup]),
    ...(own.topic === undefined ? [] : [allow('SendMail', ['sns:Publish'], [own.topic])]),
    ...(own.dashboard
      ? [
          allow(
            'RemoveAndPutDashboard',
            ['cloudwatch:DeleteDashboards', 'cloudwatch:PutDashboard'],
            [arns.dashboard],
          ),
        ]
      : []),
  ];
}

/** EventBridge Scheduler, each minute. */
export function schedulerStatements(functionArn: string): PolicyStatement[] {
  return [allow('CallMonitor', ['lambda:InvokeFunction'], [functionArn])];
}

/** What empties the group before the stack goes. */
export function cleanupStatements(
  arns: Arns,
  own: { readonly group: string; readonly logGroup: string },
): PolicyStatement[] {
  const inCluster = { conditions: { ArnEquals: { 'ecs:cluster': arns.cluster } } };
  return [
    // AWS: Describe calls of Auto Scaling take no resource.
    allow('SeeGroup', ['autoscaling:DescribeAutoScalingGroups'], ['*']),
    allow('EmptyGroup', ['autoscaling:UpdateAutoScalingGroup'], [arns.group(own.group)]),
    allow('Deregister', ['ecs:DeregisterContainerInstance', 'ecs:ListContainerInstances'], [arns.cluster]),
    // AWS: a list of a whole cluster's tasks has no resource but the condition.
    allow('ListTasks', ['ecs:ListTasks'], ['*'], inCluster),
    allow('StopTasks', ['ecs:StopTask'], [arns.tasks], inCluster),
    allow('WriteItsLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [own.logGroup]),
    // Also where there is none now: the monitor may have put one before CREATE_DASHBOARD was changed.
    allow('RemoveDashboard', ['cloudwatch:DeleteDashboards'], [arns.dashboard]),
  ];
}

function pullStatements(arns: Arns): PolicyStatement[] {
  if (arns.repository === undefined) return [];
  return [
    // AWS: the login to a registry takes no resource.
    allow('LogInToEcr', ['ecr:GetAuthorizationToken'], ['*']),
    allow(
      'PullImage',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [arns.repository],
    ),
  ];
}

/** A script in S3 may lie in any bucket; in those of images and results it needs no statement of its own. */
function scriptObject(config: Config, bucket: (name: string) => string): string[] {
  const [, name, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(config.SCRIPT_DOWNLOAD_URL) ?? [];
  if (name === undefined || key === undefined) return [];
  return [config.SOURCE_BUCKET, config.DESTINATION_BUCKET].includes(name) ? [] : [`${bucket(name)}/${key}`];
}

/** A secret's ARN ends in six characters that its name does not tell. */
function secretArn(stack: Stack, config: Config): string | undefined {
  const secret = config.DOCKER_CREDENTIALS_SECRET;
  if (secret === undefined || secret.startsWith('arn:')) return secret;
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secret}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function repositoryArn(stack: Stack, config: Config): string | undefined {
  const repository = ecrRepository(config);
  if (repository === undefined) return undefined;
  const { account, region, name } = repository;
  return stack.formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName: name });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
