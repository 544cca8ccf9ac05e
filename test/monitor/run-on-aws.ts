/** Everything that a monitor needs of AWS, on moto behind strict-aws: made as the stack makes it, and played by hand. */
import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  PutAttributesCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { connect, type Aws } from '../../lib/monitor/aws.ts';
import {
  bucketAndKey,
  MACHINE_ATTRIBUTES,
  monitorSettings,
  type MonitorSettings,
} from '../../lib/monitor/settings.ts';
import { DEPLOYMENT_METADATA } from '../../lib/worker/settings.ts';
import { recordsKey, type Tally } from '../../lib/records/key.ts';

const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
const REGION = 'us-east-1';

export class RunOnAws {
  readonly aws: Aws;
  readonly settings: MonitorSettings;
  readonly #mails: string;

  private constructor(aws: Aws, settings: MonitorSettings, mails: string) {
    this.aws = aws;
    this.settings = settings;
    this.#mails = mails;
  }

  /** @param name of its own for each test: moto keeps everything until it stops */
  static async make(
    endpoint: string,
    name: string,
    { tasks = 2, memory = 3000, machines = 3 } = {},
  ): Promise<RunOnAws> {
    const aws = connect({ endpoint, region: REGION, credentials: KEYS });
    const bucket = `${name.toLowerCase()}-bucket`;
    await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const [queue, dead, mails] = await Promise.all(
      ['', '-dead', '-mails'].map((end) => makeQueue(aws, name + end)),
    );
    const topic = await aws.sns.send(new CreateTopicCommand({ Name: name }));
    await aws.sns.send(
      new SubscribeCommand({
        TopicArn: topic.TopicArn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:123456789012:${name}-mails`,
      }),
    );
    await aws.ecs.send(new CreateClusterCommand({ clusterName: name }));
    const task = await aws.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: `${name}Task`,
        containerDefinitions: [
          { name: 'worker', image: 'fiji', memory, cpu: Math.floor(4096 / tasks), essential: true },
        ],
        placementConstraints: [
          { type: 'memberOf', expression: `attribute:${MACHINE_ATTRIBUTES.app} == ${name}` },
          { type: 'memberOf', expression: `attribute:${MACHINE_ATTRIBUTES.worker} == today` },
        ],
      }),
    );
    await makeGroup(aws, name, machines);

    const settings = monitorSettings.parse({
      APP_NAME: name,
      AWS_REGION: REGION,
      SQS_QUEUE_URL: queue,
      DEAD_LETTER_QUEUE_URL: dead,
      ECS_CLUSTER: name,
      AUTO_SCALING_GROUP: name,
      TASK_DEFINITION: task.taskDefinition?.taskDefinitionArn,
      WORKER_DIGEST: 'today',
      CLUSTER_MACHINES: machines,
      TASKS_PER_MACHINE: tasks,
      MEMORY: memory,
      DESTINATION: `s3://${bucket}`,
      MONITOR_MEMORY: `s3://${bucket}/distributed-fiji/${name}/monitor.json`,
      TOPIC_ARN: topic.TopicArn,
    });
    return new RunOnAws(aws, settings, mails as string);
  }

  /** The same stack with another revision of its task definition. */
  async deploy(): Promise<RunOnAws> {
    const { ecs } = this.aws;
    const { taskDefinition = {} } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: this.settings.TASK_DEFINITION }),
    );
    const { family, containerDefinitions, placementConstraints } = taskDefinition;
    const next = await ecs.send(
      new RegisterTaskDefinitionCommand({ family, containerDefinitions, placementConstraints }),
    );
    const TASK_DEFINITION = next.taskDefinition?.taskDefinitionArn as string;
    return new RunOnAws(this.aws, { ...this.settings, TASK_DEFINITION }, this.#mails);
  }

  /** A stack of the same names in its place: AWS names its group anew. */
  async deployAgain(group: string): Promise<RunOnAws> {
    await makeGroup(this.aws, group, this.settings.CLUSTER_MACHINES);
    return new RunOnAws(this.aws, { ...this.settings, AUTO_SCALING_GROUP: group }, this.#mails);
  }

  /** What the monitor tells workers of the deployment in force. */
  async inForce(): Promise<string | undefined> {
    const { bucket, key } = bucketAndKey(this.settings.MONITOR_MEMORY);
    const { Metadata } = await this.aws.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return Metadata?.[DEPLOYMENT_METADATA];
  }

  /** What each running worker was told on its start, beside its task definition. */
  async told(): Promise<Record<string, string>[]> {
    const { tasks = [] } = await this.#describeTasks();
    return tasks.map(({ overrides }) =>
      Object.fromEntries(
        (overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name = '', value = '' }) => [
          name,
          value,
        ]),
      ),
    );
  }

  async #describeTasks(): Promise<{ tasks?: Task[] | undefined }> {
    const cluster = this.settings.ECS_CLUSTER;
    const { taskArns = [] } = await this.aws.ecs.send(
      new ListTasksCommand({ cluster, desiredStatus: 'RUNNING' }),
    );
    if (taskArns.length === 0) return {};
    return this.aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  }

  async sendJobs(count: number): Promise<void> {
    for (let job = 0; job < count; job++) {
      await this.aws.sqs.send(
        new SendMessageCommand({ QueueUrl: this.settings.SQS_QUEUE_URL, MessageBody: `{"job":"${job}"}` }),
      );
    }
  }

  async emptyQueue(): Promise<void> {
    await this.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: this.settings.SQS_QUEUE_URL }));
  }

  /** A worker's record of jobs that ended. */
  async record(at: number, tally: Tally, run = 'plate 1'): Promise<void> {
    const bucket = this.settings.DESTINATION.slice('s3://'.length);
    const key = recordsKey(this.settings.APP_NAME, run, new Date(at), 'worker-1', tally);
    await this.aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: '{}\n' }));
  }

  async group(): Promise<{ desired: number; machines: string[]; suspended: string[] }> {
    const { AutoScalingGroups = [] } = await this.aws.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.settings.AUTO_SCALING_GROUP] }),
    );
    const [group] = AutoScalingGroups;
    return {
      desired: group?.DesiredCapacity ?? -1,
      machines: (group?.Instances ?? []).map(({ InstanceId = '' }) => InstanceId),
      suspended: (group?.SuspendedProcesses ?? []).map(({ ProcessName = '' }) => ProcessName),
    };
  }

  /** A machine's agent registers it. @returns the container instance's ARN */
  async join(machine: string, { worker = 'today', app = this.settings.APP_NAME } = {}): Promise<string> {
    const { containerInstance } = await this.aws.ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: this.settings.ECS_CLUSTER,
        instanceIdentityDocument: JSON.stringify({
          instanceId: machine,
          accountId: '123456789012',
          region: REGION,
        }),
      }),
    );
    const targetId = containerInstance?.containerInstanceArn as string;
    await this.aws.ecs.send(
      new PutAttributesCommand({
        cluster: this.settings.ECS_CLUSTER,
        attributes: [
          { name: MACHINE_ATTRIBUTES.app, value: app, targetId },
          { name: MACHINE_ATTRIBUTES.worker, value: worker, targetId },
        ],
      }),
    );
    return targetId;
  }

  /** EC2 ids of the machines on which our tasks run, each as often as it runs one. */
  async tasks(): Promise<string[]> {
    const { tasks = [] } = await this.#describeTasks();
    const nodes = await this.nodes();
    return tasks
      .map(({ containerInstanceArn = '' }) => nodes.get(containerInstanceArn)?.machine ?? '?')
      .sort();
  }

  async nodes(): Promise<Map<string, { machine: string; status: string }>> {
    const cluster = this.settings.ECS_CLUSTER;
    const { containerInstanceArns = [] } = await this.aws.ecs.send(
      new ListContainerInstancesCommand({ cluster }),
    );
    if (containerInstanceArns.length === 0) return new Map();
    const { containerInstances = [] } = await this.aws.ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    );
    return new Map(
      containerInstances.map(({ containerInstanceArn = '', ec2InstanceId = '', status = '' }) => [
        containerInstanceArn,
        { machine: ec2InstanceId, status },
      ]),
    );
  }

  /** Every worker on this machine leaves. @returns their tasks' ARNs */
  async workersLeave(machine: string): Promise<string[]> {
    const cluster = this.settings.ECS_CLUSTER;
    const node = [...(await this.nodes())].find(([, each]) => each.machine === machine)?.[0];
    const { taskArns = [] } = await this.aws.ecs.send(
      new ListTasksCommand({ cluster, containerInstance: node, desiredStatus: 'RUNNING' }),
    );
    for (const task of taskArns) await this.aws.ecs.send(new StopTaskCommand({ cluster, task }));
    return taskArns;
  }

  /** Subject and text of every mail since the last time. */
  async mails(): Promise<{ subject: string; body: string }[]> {
    const { Messages = [] } = await this.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#mails, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '{}' }) => {
      const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string };
      return { subject: Subject, body: Message };
    });
  }

  close(): void {
    for (const client of Object.values(this.aws) as AutoScalingClient[]) client.destroy();
  }
}

async function makeQueue({ sqs }: Aws, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return QueueUrl as string;
}

async function makeGroup({ ec2, autoScaling }: Aws, name: string, machines: number): Promise<void> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24', AvailabilityZone: 'us-east-1a' }),
  );
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: 'm5.large' },
    }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: machines,
      VPCZoneIdentifier: Subnet?.SubnetId,
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: '1' },
          Overrides: [{ InstanceType: 'm5.large' }, { InstanceType: 'm6i.large' }],
        },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
      },
    }),
  );
}
