import { derive } from '../../../lib/config/index.ts';
import { Match, userDataOf } from '../synth.ts';
import {
  container,
  environment,
  group,
  launchTemplate,
  hostSetting,
  monitorSetting,
  all,
  diskBytes,
  type Landing,
} from './landing.ts';

export const machines = {
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
} as const satisfies Readonly<Record<string, Landing>>;
