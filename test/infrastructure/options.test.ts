/**
 * Every option lands: each row of docs/reference.md, for both configurations that users know and for a third value, so
 * that an expectation cannot hold by chance.
 */
import { readFileSync } from 'node:fs';
import manyContainers from '../../examples/configs/many-containers.ts';
import manyMachines from '../../examples/configs/many-machines.ts';
import {
  type Config,
  type ConfigInput,
  derive,
  type OptionName,
  optionNames,
  parseConfig,
} from '../../lib/config/index.ts';
import { deployable, Match, Template, templateOf } from './synth.ts';

interface Landing {
  /** A value that is neither configuration's own, with whatever else it needs. */
  readonly other: ConfigInput;
  /** Undefined: nothing in AWS is made of it. */
  readonly lands?: (template: Template, config: Config) => void;
}

const container =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike(properties(config))],
    });
  };

const environment = (name: string, value: (config: Config) => unknown) =>
  container((config) => ({
    Environment: Match.arrayWith([{ Name: name, Value: String(value(config)) }]),
  }));

const group =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', properties(config));
  };

const launchTemplate =
  (data: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: data(config) });
  };

const hostSetting =
  (line: (config: Config) => string) =>
  (template: Template, config: Config): void => {
    expect(userDataOf(template)).toContain(`\n${line(config)}\n`);
  };

const monitorSetting =
  (name: string, value: (config: Config) => unknown) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: derive(config).monitorFunctionName,
      Environment: { Variables: Match.objectLike({ [name]: String(value(config)) }) },
    });
  };

const jobQueue =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: config.SQS_QUEUE_NAME,
      ...properties(config),
    });
  };

const all =
  (...landings: readonly NonNullable<Landing['lands']>[]): NonNullable<Landing['lands']> =>
  (template, config) => {
    for (const lands of landings) lands(template, config);
  };

/** The script as the machine gets it; what CloudFormation fills in later stands as ${}. */
function userDataOf(template: Template): string {
  const [found] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')) as {
    Properties: { LaunchTemplateData: { UserData: { 'Fn::Base64': { 'Fn::Join': [string, unknown[]] } } } };
  }[];
  const [, parts] = found!.Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : '${}')).join('');
}

const landings: Readonly<Record<OptionName, Landing>> = {
  APP_NAME: {
    other: { APP_NAME: 'Other_Run' },
    lands: all(
      environment('APP_NAME', (config) => config.APP_NAME),
      container(() => ({})),
      (template, config) => {
        template.hasResourceProperties('AWS::ECS::TaskDefinition', {
          Family: `${config.APP_NAME}Task`,
          PlacementConstraints: Match.arrayWith([
            { Type: 'memberOf', Expression: `attribute:distributed-fiji.app == ${config.APP_NAME}` },
          ]),
        });
        expect(userDataOf(template)).toContain(`"distributed-fiji.app":"${config.APP_NAME}"`);
        template.hasOutput('StackName', { Value: config.APP_NAME.replace('_', '--') });
      },
    ),
  },
  DOCKERHUB_TAG: {
    other: { DOCKERHUB_TAG: `lab/fiji@sha256:${'0a'.repeat(32)}` },
    lands: all(
      container((config) => ({ Image: config.DOCKERHUB_TAG })),
      environment('DOCKERHUB_TAG', (config) => config.DOCKERHUB_TAG),
      hostSetting((config) => `IMAGE='${config.DOCKERHUB_TAG}'`),
    ),
  },
  DOCKER_CREDENTIALS_SECRET: {
    other: { DOCKER_CREDENTIALS_SECRET: 'dockerhub-login' },
    lands: (template, config) => {
      const secret = config.DOCKER_CREDENTIALS_SECRET;
      const wanted = JSON.stringify(secret === undefined ? '' : `:secret:${secret}-??????`);
      expect(JSON.stringify(template.toJSON())).toContain(wanted.slice(1, -1));
      container(() => ({
        RepositoryCredentials:
          secret === undefined ? Match.absent() : { CredentialsParameter: Match.anyValue() },
      }))(template, config);
    },
  },
  SCRIPT_DOWNLOAD_URL: {
    other: { SCRIPT_DOWNLOAD_URL: 's3://scripts-of-others/a b.groovy' },
    lands: environment('SCRIPT_DOWNLOAD_URL', (config) => config.SCRIPT_DOWNLOAD_URL),
  },
  AWS_REGION: {
    other: { AWS_REGION: 'eu-central-1' },
    lands: all(
      environment('AWS_REGION', (config) => config.AWS_REGION),
      hostSetting((config) => `AWS_REGION='${config.AWS_REGION}'`),
    ),
  },
  AWS_PROFILE: { other: { AWS_PROFILE: 'lab' } },
  AWS_BUCKET: {
    other: { AWS_BUCKET: 'another-bucket' },
    lands: all(
      environment('SOURCE', (config) => `s3://${config.AWS_BUCKET}`),
      environment('DESTINATION', (config) => `s3://${config.AWS_BUCKET}`),
    ),
  },
  SOURCE_BUCKET: {
    other: { SOURCE_BUCKET: 'cellpainting-gallery' },
    lands: all(
      environment('SOURCE', (config) => `s3://${config.SOURCE_BUCKET}`),
      hostSetting((config) => `MOUNT_BUCKET='${config.SOURCE_BUCKET}'`),
    ),
  },
  DESTINATION_BUCKET: {
    other: { DESTINATION_BUCKET: 'results-of-our-lab' },
    lands: all(
      environment('DESTINATION', (config) => `s3://${config.DESTINATION_BUCKET}`),
      monitorSetting('DESTINATION', (config) => `s3://${config.DESTINATION_BUCKET}`),
      monitorSetting(
        'MONITOR_MEMORY',
        (config) => `s3://${config.DESTINATION_BUCKET}/distributed-fiji/${config.APP_NAME}/monitor.json`,
      ),
    ),
  },
  UPLOAD_FLAGS: {
    other: { UPLOAD_FLAGS: '--acl bucket-owner-full-control' },
    lands: environment('UPLOAD_FLAGS', (config) => config.UPLOAD_FLAGS),
  },
  SSH_KEY_NAME: {
    other: { SSH_KEY_NAME: 'my-key.pem', SSH_CIDR: '203.0.113.7/32' },
    lands: launchTemplate((config) => ({ KeyName: config.SSH_KEY_NAME ?? Match.absent() })),
  },
  SSH_CIDR: {
    other: { SSH_KEY_NAME: 'my-key', SSH_CIDR: '198.51.100.0/24' },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::EC2::SecurityGroup', {
        SecurityGroupIngress:
          config.SSH_CIDR === undefined
            ? Match.absent()
            : [
                {
                  CidrIp: config.SSH_CIDR,
                  IpProtocol: 'tcp',
                  FromPort: 22,
                  ToPort: 22,
                  Description: 'SSH_CIDR',
                },
              ],
      });
    },
  },
  VPC_ID: { other: {}, lands: (template) => template.resourceCountIs('AWS::EC2::VPC', 1) }, // network.test.ts
  ASSIGN_IP: {
    other: {},
    lands: launchTemplate((config) => ({
      NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: config.ASSIGN_IP })],
    })),
  },
  NOTIFY_EMAIL: {
    other: { NOTIFY_EMAIL: 'you@example.org' },
    lands: (template, config) => {
      const mails = template.findResources('AWS::SNS::Subscription', {
        Properties: { Protocol: 'email', Endpoint: config.NOTIFY_EMAIL },
      });
      expect(Object.keys(mails)).toHaveLength(config.NOTIFY_EMAIL === undefined ? 0 : 1);
      template.resourceCountIs('AWS::SNS::Topic', config.NOTIFY_EMAIL === undefined ? 0 : 1);
    },
  },
  LOG_RETENTION_DAYS: {
    other: { LOG_RETENTION_DAYS: 7 },
    lands: (template, config) => {
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: config.LOG_RETENTION_DAYS });
    },
  },
  ECS_CLUSTER: {
    other: { ECS_CLUSTER: 'our-cluster' },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::ECS::Cluster', { ClusterName: config.ECS_CLUSTER });
    },
  },
  USE_EXISTING_CLUSTER: {
    other: { USE_EXISTING_CLUSTER: true, ECS_CLUSTER: 'shared' },
    lands: (template, config) => {
      template.resourceCountIs('AWS::ECS::Cluster', config.USE_EXISTING_CLUSTER ? 0 : 1);
      expect(userDataOf(template)).toContain(
        config.USE_EXISTING_CLUSTER ? `ECS_CLUSTER='${config.ECS_CLUSTER}'` : "ECS_CLUSTER='${}'",
      );
    },
  },
  CLUSTER_MACHINES: {
    other: { CLUSTER_MACHINES: 7 },
    lands: all(
      group((config) => ({
        MinSize: '0',
        MaxSize: String(config.CLUSTER_MACHINES),
        DesiredCapacity: Match.absent(),
      })),
      monitorSetting('CLUSTER_MACHINES', (config) => config.CLUSTER_MACHINES),
    ),
  },
  ON_DEMAND_MACHINES: {
    other: { ON_DEMAND_MACHINES: 2 },
    lands: all(
      group((config) => ({
        MixedInstancesPolicy: {
          InstancesDistribution: {
            OnDemandBaseCapacity: config.ON_DEMAND_MACHINES,
            OnDemandPercentageAboveBaseCapacity: 0,
          },
        },
      })),
      monitorSetting('ON_DEMAND_MACHINES', (config) => config.ON_DEMAND_MACHINES),
    ),
  },
  TASKS_PER_MACHINE: {
    other: { TASKS_PER_MACHINE: 2, MEMORY: 3000 },
    lands: all(
      monitorSetting('TASKS_PER_MACHINE', (config) => config.TASKS_PER_MACHINE),
      // Exactly so many fit: one more would need more CPU units than the machine has.
      (template, config) => {
        const units = 1024 * derive(config).smallestMachine.vcpus;
        const each = Math.floor(units / config.TASKS_PER_MACHINE);
        expect(Math.floor(units / each)).toBe(config.TASKS_PER_MACHINE);
        container(() => ({ Cpu: each }))(template, config);
      },
    ),
  },
  MACHINE_TYPE: {
    other: { MACHINE_TYPE: ['c5.xlarge', 'c6i.xlarge'] },
    lands: group((config) => ({
      MixedInstancesPolicy: {
        LaunchTemplate: { Overrides: config.MACHINE_TYPE.map((InstanceType) => ({ InstanceType })) },
        InstancesDistribution: { SpotAllocationStrategy: 'price-capacity-optimized' },
      },
    })),
  },
  MACHINE_PRICE: {
    other: { MACHINE_PRICE: 0.055 },
    lands: group((config) => ({
      MixedInstancesPolicy: { InstancesDistribution: { SpotMaxPrice: String(config.MACHINE_PRICE) } },
    })),
  },
  EBS_VOL_SIZE: {
    other: { EBS_VOL_SIZE: 77 },
    lands: all(
      launchTemplate((config) => ({
        BlockDeviceMappings: Match.arrayWith([
          {
            DeviceName: '/dev/xvdcz',
            Ebs: {
              VolumeSize: config.EBS_VOL_SIZE,
              VolumeType: 'gp3',
              Encrypted: true,
              DeleteOnTermination: true,
            },
          },
        ]),
      })),
      hostSetting((config) => `CONTAINER_DISK_BYTES='${String(diskBytes(config))}'`),
      environment('DISK_BYTES', diskBytes),
    ),
  },
  DOWNLOAD_FILES: {
    other: { DOWNLOAD_FILES: true },
    lands: all(
      environment('INPUT_MODE', (config) => (config.DOWNLOAD_FILES ? 'download' : 'mount')),
      hostSetting((config) => `MOUNT_BUCKET='${config.DOWNLOAD_FILES ? '' : config.SOURCE_BUCKET}'`),
      (template, config) => {
        const mounts = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition')).includes(
          '/home/ubuntu/bucket"',
        );
        expect(mounts).toBe(true); // the path is told in either case: parameters of old job files hold it
        template.hasResourceProperties('AWS::ECS::TaskDefinition', {
          Volumes: config.DOWNLOAD_FILES
            ? [Match.objectLike({ Name: 'worker' })]
            : [Match.objectLike({ Name: 'worker' }), Match.objectLike({ Name: 'bucket' })],
        });
      },
    ),
  },
  MEMORY: {
    other: { MEMORY: 4321 },
    lands: all(
      container((config) => ({ Memory: config.MEMORY, MemoryReservation: Match.absent() })),
      environment('MEMORY', (config) => config.MEMORY),
      monitorSetting('MEMORY', (config) => config.MEMORY),
    ),
  },
  DOCKER_CORES: {
    other: { DOCKER_CORES: 1 },
    lands: environment('CORES', (config) => config.DOCKER_CORES),
  },
  CPU_SHARES: {
    other: { CPU_SHARES: 700 },
    lands: container((config) => ({ Cpu: config.CPU_SHARES })),
  },
  SECONDS_TO_START: {
    other: { SECONDS_TO_START: 30, TASKS_PER_MACHINE: 2, MEMORY: 3000 },
    lands: environment(
      'START_WITHIN_SECONDS',
      (config) => config.SECONDS_TO_START * (config.TASKS_PER_MACHINE - 1),
    ),
  },
  JOBS_PER_FIJI: {
    other: { JOBS_PER_FIJI: 25 },
    lands: environment('JOBS_PER_FIJI', (config) => config.JOBS_PER_FIJI),
  },
  VIRTUAL_DISPLAY: {
    other: { VIRTUAL_DISPLAY: true },
    lands: environment('VIRTUAL_DISPLAY', (config) => config.VIRTUAL_DISPLAY),
  },
  JOB_TIMEOUT_MINUTES: {
    other: { JOB_TIMEOUT_MINUTES: 12.5 },
    lands: environment('JOB_TIMEOUT_MINUTES', (config) => config.JOB_TIMEOUT_MINUTES),
  },
  SQS_QUEUE_NAME: { other: { SQS_QUEUE_NAME: 'jobs-of-ours' }, lands: jobQueue(() => ({})) },
  SQS_MESSAGE_VISIBILITY: {
    other: { SQS_MESSAGE_VISIBILITY: 43_200 },
    lands: all(
      jobQueue((config) => ({ VisibilityTimeout: config.SQS_MESSAGE_VISIBILITY })),
      environment('SQS_MESSAGE_VISIBILITY', (config) => config.SQS_MESSAGE_VISIBILITY),
    ),
  },
  SQS_DEAD_LETTER_QUEUE: {
    other: { SQS_DEAD_LETTER_QUEUE: 'user_DeadMessages' },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: config.SQS_DEAD_LETTER_QUEUE,
        RedrivePolicy: Match.absent(),
      });
    },
  },
  USE_EXISTING_DEAD_LETTER_QUEUE: {
    other: { USE_EXISTING_DEAD_LETTER_QUEUE: true },
    lands: (template, config) => {
      template.resourceCountIs('AWS::SQS::Queue', config.USE_EXISTING_DEAD_LETTER_QUEUE ? 1 : 2);
    },
  },
  JOB_RETRIES: {
    other: { JOB_RETRIES: 9 },
    lands: all(
      jobQueue((config) => ({ RedrivePolicy: Match.objectLike({ maxReceiveCount: config.JOB_RETRIES }) })),
      environment('JOB_RETRIES', (config) => config.JOB_RETRIES),
    ),
  },
  RETRY_DELAY_SECONDS: {
    other: { RETRY_DELAY_SECONDS: 0 },
    lands: environment('RETRY_DELAY_SECONDS', (config) => config.RETRY_DELAY_SECONDS),
  },
  LOG_GROUP_NAME: {
    other: { LOG_GROUP_NAME: 'lab/plates' },
    lands: (template, config) => {
      const names = Object.values(template.findResources('AWS::Logs::LogGroup')).map(
        ({ Properties }) => (Properties as { LogGroupName: string }).LogGroupName,
      );
      expect(names.sort()).toEqual(
        ['', '_cleanup', '_monitor', '_perInstance'].map((ending) => config.LOG_GROUP_NAME + ending),
      );
    },
  },
  AUTO_MONITOR: {
    other: { AUTO_MONITOR: false },
    lands: (template, config) => {
      template.resourceCountIs('AWS::Scheduler::Schedule', config.AUTO_MONITOR ? 1 : 0);
      template.resourceCountIs('AWS::Lambda::Function', config.AUTO_MONITOR ? 2 : 1);
      template.resourceCountIs('AWS::CloudWatch::Alarm', config.AUTO_MONITOR ? 3 : 2);
      template.hasOutput('MonitorSettings', {}); // `npm run monitor` reads them in either case
    },
  },
  CREATE_DASHBOARD: {
    other: { CREATE_DASHBOARD: false },
    lands: (template, config) => {
      template.resourceCountIs('AWS::CloudWatch::Dashboard', config.CREATE_DASHBOARD ? 1 : 0);
    },
  },
  CLEAN_DASHBOARD: {
    other: { CLEAN_DASHBOARD: false },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: derive(config).monitorFunctionName,
        Environment: {
          Variables: { DASHBOARD_NAME: config.CLEAN_DASHBOARD ? config.APP_NAME : Match.absent() },
        },
      });
    },
  },
  WORKER_IDLE_SECONDS: {
    other: { WORKER_IDLE_SECONDS: 20 },
    lands: environment('IDLE_SECONDS', (config) => config.WORKER_IDLE_SECONDS),
  },
  MACHINE_IDLE_MINUTES: {
    other: { MACHINE_IDLE_MINUTES: 33 },
    lands: hostSetting((config) => `MACHINE_IDLE_MINUTES='${String(config.MACHINE_IDLE_MINUTES)}'`),
  },
  MACHINE_START_MINUTES: {
    other: { MACHINE_START_MINUTES: 44 },
    lands: monitorSetting('MACHINE_START_MINUTES', (config) => config.MACHINE_START_MINUTES),
  },
  FAILURES_BEFORE_PAUSE: {
    other: { FAILURES_BEFORE_PAUSE: 0 },
    lands: monitorSetting('FAILURES_BEFORE_PAUSE', (config) => config.FAILURES_BEFORE_PAUSE),
  },
  STALLED_AFTER_MINUTES: {
    other: { STALLED_AFTER_MINUTES: 240 },
    lands: all(
      monitorSetting('STALLED_AFTER_MINUTES', (config) => config.STALLED_AFTER_MINUTES),
      (template, config) => {
        template.hasResourceProperties('AWS::CloudWatch::Alarm', {
          EvaluationPeriods: config.STALLED_AFTER_MINUTES / 5,
          TreatMissingData: 'notBreaching',
        });
      },
    ),
  },
  CHECK_IF_DONE_BOOL: { other: { CHECK_IF_DONE_BOOL: false } },
  EXPECTED_NUMBER_FILES: {
    other: { EXPECTED_NUMBER_FILES: 7 },
    lands: environment('EXPECTED_NUMBER_FILES', (config) => config.EXPECTED_NUMBER_FILES),
  },
  MIN_FILE_SIZE_BYTES: {
    other: { MIN_FILE_SIZE_BYTES: 1000 },
    lands: environment('MIN_FILE_SIZE_BYTES', (config) => config.MIN_FILE_SIZE_BYTES),
  },
  NECESSARY_STRING: {
    other: { NECESSARY_STRING: "a'b $HOME é" },
    lands: environment('NECESSARY_STRING', (config) => config.NECESSARY_STRING),
  },
};

function diskBytes(config: Config): number {
  return Math.floor((config.EBS_VOL_SIZE / config.TASKS_PER_MACHINE - 2) * 1e9);
}

const known = { '16 containers a machine': manyContainers, '100 machines with one container': manyMachines };
const synthesised = Object.entries(known).map(([name, given]) => ({
  name,
  config: parseConfig({ ...deployable, ...given }),
  template: templateOf(given),
}));
const plain = { config: parseConfig(deployable), template: templateOf({}) };

describe.each(optionNames)('%s', (option) => {
  const { other, lands } = landings[option];

  if (lands === undefined) {
    test('is for this computer alone: the template does not change', () => {
      expect(templateOf(other).toJSON()).toEqual(plain.template.toJSON());
    });
  } else {
    test.each(synthesised)('lands with $name', ({ template, config }) => {
      lands(template, config);
    });

    test('lands with another value', () => {
      lands(templateOf(other), parseConfig({ ...deployable, ...other }));
    });
  }
});

test('docs/reference.md has a row for each option', () => {
  const reference = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');
  const rows = [...reference.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual([...optionNames].sort());
});

describe('the two configurations that users know', () => {
  test('given 16 containers of 15000 MiB on 64 cores, then each gets 4 cores, 8.3 GB and no more fit', () => {
    const { template } = synthesised[0]!;
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Cpu: 4096, Memory: 15000 })],
    });
    expect(userDataOf(template)).toContain("CONTAINER_DISK_BYTES='8312500000'");
  });

  test('given 100 machines of one container, then up to 100 machines of 22 GB', () => {
    const { template } = synthesised[1]!;
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: '100' });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Cpu: 4096, Memory: 15000 })],
    });
  });
});
