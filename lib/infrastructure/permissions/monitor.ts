/** The roles of the monitor, and of the schedule that calls it. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import { allow } from './statement.ts';

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
