/** Deploying, or removing, while a run is on: what it would cost, seen in an emulated account. */
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateLaunchTemplateCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/aws/clients.ts';
import { type ConfigInput, derive, parseConfig } from '../../lib/config/index.ts';
import { connect, type Aws } from '../../lib/deployment/aws.ts';
import { lookAtRun, whatWouldBeLost } from '../../lib/deployment/left.ts';
import { SETTINGS_OUTPUT } from '../../lib/monitor/settings.ts';
import { motoIsMissing, startMoto, type Moto } from '../fixtures/moto.ts';
import { keys, look, REGION, told, valid } from './look.ts';

const whereMotoIs = motoIsMissing() === undefined ? describe : describe.skip;

whereMotoIs('while a run is on', () => {
  let moto: Moto;
  let aws: Aws;
  const bucket = (name: string) =>
    s3Client({ region: REGION, endpoint: moto.endpoint, credentials: keys }).send(
      new CreateBucketCommand({
        Bucket: name,
        CreateBucketConfiguration: { LocationConstraint: REGION },
      }),
    );

  beforeAll(async () => {
    moto = await startMoto();
    aws = connect({ region: REGION, endpoint: moto.endpoint, credentials: keys });
    await bucket('plates-of-ours');
    await bucket(`cdk-hnb659fds-assets-123456789012-${REGION}`);
  }, 300_000);
  afterAll(() => moto.stop());

  const APP = { APP_NAME: 'Running' } as const;
  const NETWORK = { Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.7.0.0/16' } } };
  let dead: string;

  /** A stack that has made its dead-letter queue and a network, and says that it was deployed with these settings. */
  const deployed = (StackName: string, settings: object, network: object = NETWORK) =>
    aws.cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify({
          Description: `Distributed-Fiji: ${StackName}`,
          Resources: {
            Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${StackName}DeadMessages` } },
            ...network,
          },
          Outputs: { [SETTINGS_OUTPUT]: { Value: JSON.stringify(settings) } },
        }),
      }),
    );

  beforeAll(async () => {
    const queueOf = async (QueueName: string) =>
      (await aws.sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl as string;
    const jobs = await queueOf('RunningQueue');
    dead = jobs.replace('RunningQueue', 'RunningDeadMessages');
    for (const MessageBody of ['1', '2', '3'])
      await aws.sqs.send(new SendMessageCommand({ QueueUrl: jobs, MessageBody }));
    const LaunchTemplateName = 'machines';
    await aws.ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName,
        LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: 'm5.large' },
      }),
    );
    await aws.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'group',
        LaunchTemplate: { LaunchTemplateName },
        MinSize: 0,
        MaxSize: 4,
        DesiredCapacity: 4,
        AvailabilityZones: [`${REGION}a`],
      }),
    );
    const settings = {
      SQS_QUEUE_URL: jobs,
      DEAD_LETTER_QUEUE_URL: dead,
      ECS_CLUSTER: 'Running',
      AUTO_SCALING_GROUP: 'group',
      CLUSTER_MACHINES: 4,
      DESTINATION: 's3://plates-of-ours',
      SOURCE: 's3://plates-of-ours',
    };
    await deployed('Running', settings);
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: dead, MessageBody: 'failed' }));
  });

  const note =
    'note: A run is on: 3 jobs waiting, 0 running, 4 machines. Jobs that run end as they began; their workers then make room for new ones.';

  test('deploying over it is allowed, and said', async () => {
    expect(told(await look(aws, { ...APP, CLUSTER_MACHINES: 4 }))).toEqual([note]);
    expect(told(await look(aws, { ...APP, CLUSTER_MACHINES: 9 }))).toEqual([note]);
  });

  test('fewer machines than there are would be ended with their jobs: a risk, with the numbers', async () => {
    const checked = await look(aws, { ...APP, CLUSTER_MACHINES: 3 });
    expect(told(checked)).toEqual([
      'risk: CLUSTER_MACHINES is 3, and 4 machines are at work: AWS would end one of them at once, in the middle of its job.',
      note,
    ]);
    expect(checked.findings.find(({ kind }) => kind === 'risk')?.fix).toContain('CLUSTER_MACHINES: 4');
  });

  test('another queue would take the jobs of this one with it; another cluster cannot be moved to', async () => {
    const checked = await look(aws, {
      ...APP,
      CLUSTER_MACHINES: 4,
      SQS_QUEUE_NAME: 'Other',
      ECS_CLUSTER: 'Other',
    });
    expect(told(checked)).toEqual([
      "risk: SQS_QUEUE_NAME is 'Other', and was 'RunningQueue' when the run was deployed: that queue would be removed with 3 jobs in it.",
      "problem: ECS_CLUSTER is 'Other', and was 'Running' when the run was deployed: 4 machines cannot move to another cluster.",
      note,
    ]);
  });

  test('another dead-letter queue would take the failed jobs of this one with it, also one of its own name that is said to exist', async () => {
    const same = { ...APP, CLUSTER_MACHINES: 4 };
    const lost =
      "and 'RunningDeadMessages' was made with the run: that dead-letter queue would be removed with 1 failed job in it, and the reasons why it failed.";
    const other = await look(aws, { ...same, SQS_DEAD_LETTER_QUEUE: 'Other' });
    expect(told(other)).toEqual([note, `risk: SQS_DEAD_LETTER_QUEUE is 'Other', ${lost}`]);
    expect(other.findings.find(({ kind }) => kind === 'risk')?.fix).toMatch(
      /^Write SQS_DEAD_LETTER_QUEUE: 'RunningDeadMessages', or .* with --force they are lost\.$/,
    );
    const named = { SQS_DEAD_LETTER_QUEUE: 'RunningDeadMessages' };
    const existing = await look(aws, { ...same, ...named, USE_EXISTING_DEAD_LETTER_QUEUE: true });
    expect(told(existing)).toEqual([note, `risk: USE_EXISTING_DEAD_LETTER_QUEUE is true, ${lost}`]);
    expect(existing.findings.find(({ kind }) => kind === 'risk')?.fix).toContain(
      'leave USE_EXISTING_DEAD_LETTER_QUEUE out',
    );

    const arn = `arn:aws:sqs:${REGION}:123456789012:RunningDeadMessages`;
    expect(told(await look(aws, { ...same, SQS_DEAD_LETTER_QUEUE: arn }))).toEqual([
      note,
      `risk: SQS_DEAD_LETTER_QUEUE is '${arn}', ${lost}`,
    ]);
    expect(told(await look(aws, { ...same, ...named }))).toEqual([note]);
  });

  test('once nothing is left, or the dead-letter queue is not its own, none of it is a risk, and the cluster may be another', async () => {
    const { QueueUrl: theirs } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'TheLabsFailed' }));
    const { QueueUrl: empty } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'IdleQueue' }));
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: theirs, MessageBody: 'failed' }));
    const settings = { SQS_QUEUE_URL: empty, DEAD_LETTER_QUEUE_URL: theirs, DESTINATION: 's3://elsewhere' };
    await deployed('Idle', { ...settings, ECS_CLUSTER: 'Idle' });
    expect(told(await look(aws, { APP_NAME: 'Idle', ECS_CLUSTER: 'Other' }))).toEqual([]);
    expect(told(await look(aws, { APP_NAME: 'Idle', SQS_DEAD_LETTER_QUEUE: 'Other' }))).toEqual([]);
    const DEAD_LETTER_QUEUE_URL = theirs?.replace('TheLabsFailed', 'IdlerDeadMessages');
    await deployed('Idler', { ...settings, DEAD_LETTER_QUEUE_URL });
    expect(told(await look(aws, { APP_NAME: 'Idler', SQS_DEAD_LETTER_QUEUE: 'Other' }))).toEqual([]);
  });

  test('another network: the machines cannot move to it, from the run’s own or from one of the user’s', async () => {
    const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({}));
    const theirs = Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId;
    expect(told(await look(aws, { ...APP, CLUSTER_MACHINES: 4, VPC_ID: theirs }))).toContain(
      `problem: VPC_ID is '${theirs}', and the machines stand in the run's own network: 4 machines cannot move to another.`,
    );
    const guest = { APP_NAME: 'Guest', CLUSTER_MACHINES: 4 };
    await deployed('Guest', { AUTO_SCALING_GROUP: 'group', NETWORK: theirs }, {});
    const moved = await look(aws, guest);
    expect(told(moved)).toContain(
      `problem: VPC_ID is left out, and the machines stand in '${theirs}': 4 machines cannot move to another.`,
    );
    expect(moved.findings.find(({ kind }) => kind === 'problem')?.fix).toContain(`Write VPC_ID: '${theirs}'`);
    expect(told(await look(aws, { ...guest, VPC_ID: theirs })).join()).not.toContain('VPC_ID is');
  });

  test('another bucket, where workers at work may not read or write: a risk while there are jobs or machines', async () => {
    await bucket('results-of-ours');
    const checked = await look(aws, {
      ...APP,
      CLUSTER_MACHINES: 4,
      DESTINATION_BUCKET: 'results-of-ours',
    });
    expect(told(checked)).toEqual([
      "risk: DESTINATION_BUCKET is 'results-of-ours', and results went to 'plates-of-ours' when the run was deployed (3 jobs left, 4 machines): workers at work could no longer write there, and their jobs would be done in vain.",
      note,
    ]);
    expect(checked.findings.find(({ kind }) => kind === 'risk')?.fix).toContain(
      "DESTINATION_BUCKET: 'plates-of-ours'",
    );
    const source = await look(aws, { ...APP, CLUSTER_MACHINES: 4, SOURCE_BUCKET: 'results-of-ours' });
    expect(told(source)).toEqual([
      "risk: SOURCE_BUCKET is 'results-of-ours', and images came from 'plates-of-ours' when the run was deployed (3 jobs left, 4 machines): workers at work could no longer read there, and their jobs would fail.",
      note,
    ]);
    expect(source.findings.find(({ kind }) => kind === 'risk')?.fix).toContain(
      "SOURCE_BUCKET: 'plates-of-ours'",
    );
    const all = { AWS_BUCKET: 'results-of-ours', SOURCE_BUCKET: 'plates-of-ours' };
    expect(told(await look(aws, { ...APP, CLUSTER_MACHINES: 4, ...all }))[0]).toMatch(
      /^risk: AWS_BUCKET is 'results-of-ours', and results went to 'plates-of-ours'/,
    );
  });

  test('removing it: what would be lost is counted, whatever a config says that has changed since, but for a dead-letter queue that stays', async () => {
    const left = async (over: ConfigInput) => {
      const config = parseConfig({ ...valid, ...APP, ...over });
      const seen = await lookAtRun({ config, derived: derive(config), aws });
      return whatWouldBeLost(seen.left, seen.borrowed);
    };
    const lost = [
      '3 jobs in the queue, not begun or to be tried again',
      '1 job in the dead-letter queue, with the reasons why it failed',
    ];
    expect(await left({})).toEqual(lost);
    expect(await left({ USE_EXISTING_DEAD_LETTER_QUEUE: true })).toEqual(lost);
    expect(await left({ APP_NAME: 'Idle' })).toEqual([]);
    expect(await left({ APP_NAME: 'NoSuchRun' })).toEqual([]);
  });
});
