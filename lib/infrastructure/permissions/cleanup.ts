/** The role of the clean-up. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import { allow } from './statement.ts';

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
