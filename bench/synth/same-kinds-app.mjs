/** Resources of the kinds that a run has, each as the CDK makes it by default: what such a stack costs without our code. */
import * as cdk from 'aws-cdk-lib';

const {
  aws_autoscaling: autoscaling,
  aws_cloudwatch: cloudwatch,
  aws_ec2: ec2,
  aws_ecs: ecs,
  aws_events: events,
  aws_events_targets: targets,
  aws_iam: iam,
  aws_lambda: lambda,
  aws_logs: logs,
  aws_scheduler: scheduler,
  aws_sqs: sqs,
} = cdk;

const app = new cdk.App();
const stack = new cdk.Stack(app, 'SameKinds');

const deadLetters = new sqs.Queue(stack, 'DeadLetters', { enforceSSL: true });
const queue = new sqs.Queue(stack, 'Queue', {
  enforceSSL: true,
  deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
});
const logGroups = ['Jobs', 'Machines', 'Monitor', 'CleanUp'].map(
  (id) => new logs.LogGroup(stack, `${id}Log`),
);

const vpc = new ec2.Vpc(stack, 'Vpc', {
  natGateways: 0,
  subnetConfiguration: [{ name: 'public', subnetType: ec2.SubnetType.PUBLIC }],
  gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
});
new ecs.Cluster(stack, 'Cluster', { vpc });
const machineRole = new iam.Role(stack, 'MachineRole', {
  assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
});
queue.grantConsumeMessages(machineRole);
new autoscaling.AutoScalingGroup(stack, 'Machines', {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  mixedInstancesPolicy: {
    launchTemplate: new ec2.LaunchTemplate(stack, 'Template', {
      machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
      instanceType: new ec2.InstanceType('m5.large'),
      securityGroup: new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc }),
      role: machineRole,
      userData: ec2.UserData.forLinux(),
    }),
  },
});
new ecs.Ec2TaskDefinition(stack, 'Task').addContainer('worker', {
  image: ecs.ContainerImage.fromRegistry('fiji'),
  memoryLimitMiB: 1000,
  logging: ecs.LogDrivers.awsLogs({ logGroup: logGroups[0], streamPrefix: 'worker' }),
});

const handlers = ['Monitor', 'CleanUp'].map((name, index) => {
  const handler = new lambda.Function(stack, `${name}Function`, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => undefined;'),
    logGroup: logGroups[2 + index],
  });
  queue.grantSendMessages(handler);
  return handler;
});
new cdk.CustomResource(stack, 'Resource', { serviceToken: handlers[1].functionArn });
const schedulerRole = new iam.Role(stack, 'SchedulerRole', {
  assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
});
handlers[0].grantInvoke(schedulerRole);
new scheduler.CfnSchedule(stack, 'Schedule', {
  scheduleExpression: 'rate(1 minute)',
  flexibleTimeWindow: { mode: 'OFF' },
  target: { arn: handlers[0].functionArn, roleArn: schedulerRole.roleArn },
});
for (const source of ['aws.ecs', 'aws.ec2']) {
  new events.Rule(stack, `Rule ${source}`, {
    eventPattern: { source: [source] },
    targets: [new targets.LambdaFunction(handlers[0])],
  });
}

const metrics = [
  deadLetters.metricApproximateNumberOfMessagesVisible(),
  queue.metricApproximateNumberOfMessagesVisible(),
  handlers[0].metricErrors(),
];
metrics.forEach((metric, index) => {
  metric.createAlarm(stack, `Alarm${index}`, { threshold: 1, evaluationPeriods: 1 });
});
new cloudwatch.Dashboard(stack, 'Dashboard', { widgets: [[new cloudwatch.GraphWidget({ left: metrics })]] });

app.synth();
