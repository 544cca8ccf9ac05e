/** What holds for the stack as a whole: what it lets in, what goes when, how large it is, what a new deploy changes. */
import { spawnSync } from 'node:child_process';
import { derive, parseConfig } from '../../lib/config/index.ts';
import {
  deployable,
  Match,
  standInArtifacts,
  stackOf,
  type Template,
  templateOf,
  userDataOf,
} from './synth.ts';

const plain = templateOf({ NOTIFY_EMAIL: 'you@example.org' });
type Resources = Record<string, { Type: string; DependsOn?: string[]; Properties: Record<string, unknown> }>;
const resources = plain.toJSON().Resources as Resources;

describe('network', () => {
  test('given no VPC_ID, then public subnets, an S3 endpoint, no NAT gateway and nothing let in', () => {
    plain.resourceCountIs('AWS::EC2::NatGateway', 0);
    plain.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
    plain.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    plain.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('given a VPC_ID without credentials, then it says that it must look it up', () => {
    expect(() => stackOf({ VPC_ID: 'vpc-0123456789abcdef0' })).toThrow(
      "VPC_ID is 'vpc-0123456789abcdef0', and its subnets can only be looked up with AWS credentials.",
    );
  });
});

describe('machines', () => {
  test('containers cannot reach their credentials, and both disks are encrypted and go with them', () => {
    const disk = { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true };
    plain.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: disk }, { Ebs: disk }],
      },
    });
  });

  test('they, their disks and their addresses are a line of the bill, and have the name of the run', () => {
    const bill = { Key: 'DistributedFiji', Value: 'Plates' };
    const named = (ResourceType: string) =>
      Match.objectLike({ ResourceType, Tags: Match.arrayWith([bill, { Key: 'Name', Value: 'Plates' }]) });
    plain.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        TagSpecifications: [
          named('instance'),
          named('volume'),
          { ResourceType: 'network-interface', Tags: [bill] },
        ],
      },
    });
  });

  test('nobody but the monitor ends one: no rebalancing, no refresh, no desired capacity, no lifetime', () => {
    plain.hasResource('AWS::AutoScaling::AutoScalingGroup', {
      Properties: {
        CapacityRebalance: false,
        DesiredCapacity: Match.absent(),
        MaxInstanceLifetime: Match.absent(),
        TerminationPolicies: ['NewestInstance'],
      },
      UpdatePolicy: { AutoScalingRollingUpdate: Match.absent(), AutoScalingReplacingUpdate: Match.absent() },
    });
    plain.resourceCountIs('AWS::ECS::Service', 0);
    plain.resourceCountIs('AWS::ECS::CapacityProvider', 0);
  });

  test.each([
    [
      ['m5.large'],
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      'ld-linux-x86-64.so.2',
    ],
    [
      ['m7g.large'],
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
      'ld-linux-aarch64.so.1',
    ],
    [
      ['g4dn.xlarge'],
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
      'ld-linux-x86-64.so.2',
    ],
  ])('given %j, then the machine image is %s', (MACHINE_TYPE, parameter, loader) => {
    const template = templateOf({ MACHINE_TYPE });
    template.hasParameter('*', { Default: parameter });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          EntryPoint: Match.arrayWith([`/opt/distributed-fiji/lib/${loader}`]),
          ResourceRequirements: MACHINE_TYPE[0]?.startsWith('g4')
            ? [{ Type: 'GPU', Value: '1' }]
            : Match.absent(),
        }),
      ],
    });
  });

  test('given ARM machines with GPUs, then it says that ECS has no image for them', () => {
    expect(() => stackOf({ MACHINE_TYPE: ['g5g.xlarge'], MEMORY: 4000 })).toThrow(
      /ARM machines with GPUs \(g5g\.xlarge\)/,
    );
  });
});

describe('queue', () => {
  test('both queues are encrypted, speak TLS only, take 1 MiB and keep jobs for 14 days', () => {
    plain.allResourcesProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MaximumMessageSize: 1_048_576,
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
    plain.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      }),
    });
  });

  test('given the ARN of a dead-letter queue, then that one is used and none is made', () => {
    const arn = 'arn:aws:sqs:us-east-1:111122223333:user_DeadMessages';
    const template = templateOf({ SQS_DEAD_LETTER_QUEUE: arn });
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 7 },
    });
  });
});

describe('task', () => {
  test('it is stopped within a Spot notice, reaps its children, and slow logs never hold a job', () => {
    plain.hasResourceProperties('AWS::ECS::TaskDefinition', {
      NetworkMode: 'bridge',
      ContainerDefinitions: [
        Match.objectLike({
          StopTimeout: 100,
          LinuxParameters: { InitProcessEnabled: true },
          Privileged: Match.absent(),
          LogConfiguration: Match.objectLike({ Options: Match.objectLike({ mode: 'non-blocking' }) }),
          MountPoints: Match.arrayWith([
            Match.objectLike({ ContainerPath: '/opt/distributed-fiji', ReadOnly: true }),
          ]),
        }),
      ],
    });
  });
});

describe('monitor', () => {
  test('it is called each minute, when a machine is idle in this cluster, and when Spot takes one back', () => {
    plain.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
    });
    plain.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecs'],
        detail: {
          status: ['ACTIVE'],
          runningTasksCount: [0],
          pendingTasksCount: [0],
          clusterArn: [Match.anyValue()],
        },
      },
    });
    plain.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['EC2 Spot Instance Interruption Warning'] },
    });
  });

  test('a call that failed is not made again later', () => {
    plain.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^MonitorFunction') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('deploying again', () => {
  const [before, after] = ['1', '2'].map((version) => templateOf({}, standInArtifacts(version)));
  const digest = (template: Template | undefined): string =>
    /WORKER_DIGEST='(\w+)'/.exec(userDataOf(template as Template))?.[1] ?? '';

  test('another bundle has another digest: in the path, the attribute, the constraint and what the monitor is told', () => {
    expect(digest(before)).not.toBe(digest(after));
    for (const template of [before, after]) {
      const json = JSON.stringify(template?.toJSON());
      expect(json).toContain(`attribute:distributed-fiji.worker == ${digest(template)}`);
      expect(json).toContain(`/opt/distributed-fiji/workers/${digest(template)}`);
      expect(userDataOf(template as Template)).toContain(`"distributed-fiji.worker":"${digest(template)}"`);
      expect(json).toContain(`"WORKER_DIGEST":"${digest(template)}"`);
    }
  });

  test.each([
    ['the mount', { DOWNLOAD_FILES: true }],
    ['the mounted bucket', { SOURCE_BUCKET: 'other-images' }],
    ['disk and CPU for each container', { TASKS_PER_MACHINE: 2, MEMORY: 3000 }],
    ['the disk', { EBS_VOL_SIZE: 50 }],
    ['memory', { MEMORY: 3500 }],
    ['a GPU for each container', { MACHINE_TYPE: ['g4dn.xlarge'] }],
  ])('a deploy that changes %s sends tasks to new machines only', (_, changed) => {
    expect(digest(templateOf(changed))).not.toBe(digest(before));
  });

  test.each([
    ['the script', { SCRIPT_DOWNLOAD_URL: 'https://example.org/count-2.groovy' }],
    ['how Fiji is used', { JOBS_PER_FIJI: 5 }],
    ['the image', { DOCKERHUB_TAG: 'fiji/fiji:other' }],
  ])('a deploy that changes %s makes a new task definition, and keeps the machines', (_, changed) => {
    const template = templateOf(changed);
    const definitionOf = (of: Template | undefined) => of?.findResources('AWS::ECS::TaskDefinition');
    expect(definitionOf(template)).not.toEqual(definitionOf(before));
    expect(digest(template)).toBe(digest(before));
  });

  test('a deploy that adds a machine type or allows more machines changes neither', () => {
    const template = templateOf({
      MACHINE_TYPE: [...parseConfig(deployable).MACHINE_TYPE, 'm6a.2xlarge'],
      CLUSTER_MACHINES: 50,
    });
    expect(template.findResources('AWS::ECS::TaskDefinition')).toEqual(
      before?.findResources('AWS::ECS::TaskDefinition'),
    );
  });

  test('the same bundle changes nothing', () => {
    expect(templateOf({}, standInArtifacts('1')).toJSON()).toEqual(before?.toJSON());
  });
});

describe('two apps in one account', () => {
  test('share no name', () => {
    const names = (app: string): string[] => {
      const found: string[] = [];
      JSON.stringify(templateOf({ APP_NAME: app }).toJSON(), (key, value: unknown) => {
        if (/Name$|^Family$/.test(key) && typeof value === 'string' && value.includes(app)) found.push(value);
        return value;
      });
      return found;
    };
    const [one, other] = [names('PlatesA'), names('PlatesB')];
    expect(one.length).toBeGreaterThan(8);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
    expect(derive(parseConfig({ ...deployable, APP_NAME: 'A_B' })).stackName).not.toBe(
      derive(parseConfig({ ...deployable, APP_NAME: 'A-B' })).stackName,
    );
  });
});

test('given the shipped placeholders, then synth works and a deploy is refused in words', () => {
  const template = templateOf({ AWS_BUCKET: 'your-bucket-name', SCRIPT_DOWNLOAD_URL: '' });
  const { Rules } = template.toJSON() as {
    Rules: { FilledIn: { Assertions: { AssertDescription: string }[] } };
  };
  expect(Rules.FilledIn.Assertions[0]?.AssertDescription).toMatch(
    /AWS_BUCKET is still 'your-bucket-name'\..*SCRIPT_DOWNLOAD_URL is empty/,
  );
});

test('the template is under half of CloudFormation’s limits', () => {
  expect(Object.keys(resources).length).toBeLessThan(250);
  expect(JSON.stringify(plain.toJSON()).length).toBeLessThan(500_000);
});

test('a config that cannot work stops synth with the fix, and without a stack trace', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    encoding: 'utf8',
    env: { ...process.env, CDK_CONTEXT_JSON: '{"config":"test/fixtures/configs/mixed.ts"}' },
  });
  expect(status).toBe(1);
  expect(stderr).toContain('MACHINE_TYPE mixes x86');
  expect(stderr).toContain("MACHINE_PRICE is 'cheap'");
  expect(stderr).toContain('Fix:');
  expect(stderr).not.toMatch(/^\s+at /m);
});
