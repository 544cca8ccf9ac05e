/** What the checkers find and we leave so, each with its reason. One that finds nothing any more is an error itself. */

export interface Acknowledgement {
  readonly rule: RegExp;
  /** Where it may be found: path of the construct (cdk-nag) or logical id (cfn-lint, checkov). */
  readonly where: RegExp;
  readonly reason: string;
}

export const acknowledged: readonly Acknowledgement[] = [
  {
    rule: /^AwsSolutions-VPC7$/,
    where: /Network\/Vpc/,
    reason: 'Flow logs cost by the gigabyte, and machines that read a terabyte of images write many.',
  },
  {
    rule: /^(AwsSolutions-ECS4|CKV_AWS_65)$/,
    where: /Cluster/,
    reason:
      'Container Insights bills each metric and leaves a log group behind; the monitor writes what a run needs.',
  },
  {
    rule: /^AwsSolutions-ECS2$/,
    where: /Task\/Definition/,
    reason:
      'The environment holds names and numbers. No secret is among them: the registry login is ECS’s own field.',
  },
  {
    rule: /^AwsSolutions-EC26$/,
    where: /Machines\/Group/,
    reason:
      'The rule cannot read a launch template with mixed instances; both of its disks are encrypted (a test says so).',
  },
  {
    rule: /^AwsSolutions-AS3$/,
    where: /Machines\/Group/,
    reason:
      'A mail for each machine of a Spot fleet would be hundreds a run; the monitor mails what needs a human.',
  },
  {
    rule: /^AwsSolutions-SNS3$|^CKV_AWS_26$/,
    where: /Mail/,
    reason:
      'Alarms cannot send to a topic with SNS’s own key, and a key of ours costs a dollar a month. Mails hold counts.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    where: /(Machines|Monitor|CleanUp)\/Policy|Task\/ExecutionPolicy/,
    reason:
      'Only for actions that know no narrower resource; each says so in lib/infrastructure/permissions.ts.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:autoScalingGroup:\*:autoScalingGroupName\/</,
    where: /(Machines|Monitor|CleanUp)\/Policy/,
    reason: 'AWS puts an id that nobody knows beforehand before the group’s name; the name is whole.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:ecs:.*:(task|container-instance)\/[^*]+\/\*\]$/,
    where: /(Machines|Monitor|CleanUp)\/Policy/,
    reason: 'Tasks and machines come and go; the cluster’s name is whole.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:task-definition\/[^*]+:\*\]$/,
    where: /Monitor\/Policy/,
    reason:
      'Every revision of our own task definition: a deploy makes a new one while the last is still started.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:s3:::[^*]+\/\*\]$/,
    where: /(Task\/WorkerPolicy|Machines\/Policy)/,
    reason:
      'The user’s images and results: their keys are not known beforehand. The buckets’ names are whole.',
  },
  {
    rule: /^CKV_AWS_158$/,
    where: /^Logs/,
    reason: 'CloudWatch encrypts log groups with its own key; a key of ours costs a dollar a month.',
  },
  {
    rule: /^CKV_AWS_27$/,
    where: /^Queue/,
    reason: 'Encrypted with SQS’s own key (SqsManagedSseEnabled), which this rule does not know.',
  },
  {
    rule: /^CKV_AWS_88$/,
    where: /^MachinesTemplate/,
    reason:
      'A public address is the way out without a NAT gateway’s price; nothing is let in. ASSIGN_IP: false avoids it.',
  },
  {
    rule: /^CKV_AWS_111$/,
    where: /^MachinesPolicy/,
    reason: 'Session Manager’s actions know no resource (AWS’s service authorization reference).',
  },
  {
    rule: /^CKV_AWS_116$/,
    where: /^(CleanUp|Monitor)Function/,
    reason:
      'Both are called again: the monitor each minute, the clean-up by the next destroy. An alarm tells of failures.',
  },
  {
    rule: /^CKV_AWS_117$/,
    where: /^(CleanUp|Monitor)Function/,
    reason: 'They talk to AWS’s own endpoints only; inside the network they would need a NAT gateway.',
  },
  {
    rule: /^CKV_AWS_115$/,
    where: /^(CleanUp|Monitor)Function/,
    reason:
      'New accounts have no concurrency to reserve and refuse the deploy. Two monitors at once do no harm.',
  },
  {
    rule: /^CKV_AWS_173$/,
    where: /^MonitorFunction/,
    reason: 'Names and numbers, encrypted with Lambda’s own key. No secret is among them.',
  },
  {
    rule: /^W3005$/,
    where: /./,
    reason: 'The CDK states some dependencies twice; it changes nothing.',
  },
];
