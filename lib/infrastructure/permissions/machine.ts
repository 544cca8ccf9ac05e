/** The role of a machine. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import { pullStatements } from './pull.ts';
import { allow } from './statement.ts';

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
