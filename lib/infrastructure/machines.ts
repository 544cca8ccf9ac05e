/** The machines: what they are, what they start with, and the group that the monitor grows and shrinks. */
import {
  AutoScalingGroup,
  OnDemandAllocationStrategy,
  SpotAllocationStrategy,
  TerminationPolicy,
} from 'aws-cdk-lib/aws-autoscaling';
import {
  BlockDeviceVolume,
  type CfnLaunchTemplate,
  EbsDeviceVolumeType,
  type IMachineImage,
  InstanceType,
  KeyPair,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  UserData,
} from 'aws-cdk-lib/aws-ec2';
import { AmiHardwareType, EcsOptimizedImage } from 'aws-cdk-lib/aws-ecs';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { AssetHashType, Stack, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  type Config,
  type Derived,
  MOUNT_MEMORY_MIB,
  RESERVED_MEMORY_MIB,
  SYSTEM_DISK_GB,
} from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';
import { MACHINE_ATTRIBUTES } from '../monitor/settings.ts';
import type { Artifact } from './artifact.ts';
import type { Artifacts } from './artifacts.ts';
import { BILL_TAG } from './bill-tag.ts';
import type { Cluster } from './cluster.ts';
import { ecrRepository, loginOf } from './image.ts';
import type { Network } from './network.ts';
import type { Arns } from './permissions/arns.ts';
import { machineStatements } from './permissions/machine.ts';
import { HOST_FOLDER, userData } from './user-data.ts';
import { MOUNT_FOLDER, STOP_TIMEOUT_SECONDS, type WorkerOnMachine } from './worker-on-machine.ts';

export class NoMachineImageError extends DistributedFijiError {
  constructor(types: readonly string[]) {
    super(
      `MACHINE_TYPE has ARM machines with GPUs (${types.join(', ')}): ECS has no machine image for them.`,
      {
        code: 'CONFIG_INVALID',
        fix: 'choose x86 machines with GPUs, such as g5.xlarge, or ARM machines without.',
      },
    );
  }
}

export interface MachinesProps {
  readonly config: Config;
  readonly derived: Derived;
  readonly arns: Arns;
  readonly network: Network;
  readonly cluster: Cluster;
  readonly logGroup: ILogGroup;
  readonly artifacts: Artifacts;
  readonly worker: WorkerOnMachine;
}

export class Machines extends Construct {
  readonly group: AutoScalingGroup;

  constructor(scope: Construct, id: string, props: MachinesProps) {
    super(scope, id);
    const { config, derived, arns, network, logGroup, artifacts } = props;
    const assets = {
      worker: this.asset('Worker', artifacts.worker),
      node: this.asset('Node', artifacts.node),
    };
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });

    const template = new LaunchTemplate(this, 'Template', {
      machineImage: machineImage(config, derived),
      instanceType: new InstanceType(config.MACHINE_TYPE[0] as string),
      role,
      securityGroup: network.securityGroup,
      associatePublicIpAddress: config.ASSIGN_IP,
      userData: UserData.custom(hostScript(this, props, assets)),
      httpTokens: LaunchTemplateHttpTokens.REQUIRED, // IMDSv2
      httpPutResponseHopLimit: 1, // a container is one hop further: it never sees the machine's credentials
      ...(config.SSH_KEY_NAME !== undefined && {
        keyPair: KeyPair.fromKeyPairName(this, 'KeyPair', config.SSH_KEY_NAME),
      }),
      blockDevices: [
        { deviceName: '/dev/xvda', volume: disk(SYSTEM_DISK_GB) },
        { deviceName: '/dev/xvdcz', volume: disk(config.EBS_VOL_SIZE) },
      ],
    });

    Tags.of(template).add('Name', config.APP_NAME);
    // AWS bills a public address by the interface that it is on, and the CDK tags machines and disks alone.
    (template.node.defaultChild as CfnLaunchTemplate).addPropertyOverride(
      'LaunchTemplateData.TagSpecifications.2',
      { ResourceType: 'network-interface', Tags: [{ Key: BILL_TAG, Value: config.APP_NAME }] },
    );

    this.group = new AutoScalingGroup(this, 'Group', {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      minCapacity: 0,
      maxCapacity: config.CLUSTER_MACHINES,
      // No desired capacity: each deploy would put it back. The monitor alone sets it.
      mixedInstancesPolicy: {
        launchTemplate: template,
        launchTemplateOverrides: config.MACHINE_TYPE.map((type) => ({
          instanceType: new InstanceType(type),
        })),
        instancesDistribution: {
          onDemandBaseCapacity: config.ON_DEMAND_MACHINES,
          onDemandPercentageAboveBaseCapacity: 0,
          onDemandAllocationStrategy: OnDemandAllocationStrategy.LOWEST_PRICE,
          spotAllocationStrategy: SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
          spotMaxPrice: String(config.MACHINE_PRICE),
        },
      },
      // A machine that is 'likely' to be taken away would be ended without the notice that jobs are given back on.
      capacityRebalance: false,
      terminationPolicies: [TerminationPolicy.NEWEST_INSTANCE],
    });
    Tags.of(this.group).add('Name', config.APP_NAME);

    // A policy of its own, beside the role: it names the group, which needs the role.
    new Policy(this, 'Policy', {
      roles: [role],
      statements: machineStatements(arns, {
        assets: [assets.worker, assets.node].map((asset) => asset.bucket.arnForObjects(asset.s3ObjectKey)),
        logGroup: logGroup.logGroupArn,
        group: this.group.autoScalingGroupName,
        mount: !config.DOWNLOAD_FILES,
      }),
    });
  }

  private asset(id: string, artifact: Artifact): Asset {
    return new Asset(this, id, {
      path: artifact.folder,
      assetHash: artifact.digest,
      assetHashType: AssetHashType.CUSTOM,
    });
  }
}

function disk(sizeGB: number): BlockDeviceVolume {
  return BlockDeviceVolume.ebs(sizeGB, {
    volumeType: EbsDeviceVolumeType.GP3,
    encrypted: true,
    deleteOnTermination: true,
  });
}

/** Looked up by AWS at each deploy: no image id to grow old in a file. */
function machineImage(config: Config, derived: Derived): IMachineImage {
  const arm = derived.architecture === 'arm64';
  if (arm && derived.gpus > 0) throw new NoMachineImageError(config.MACHINE_TYPE);
  if (arm) return EcsOptimizedImage.amazonLinux2023(AmiHardwareType.ARM);
  return EcsOptimizedImage.amazonLinux2023(derived.gpus > 0 ? AmiHardwareType.GPU : AmiHardwareType.STANDARD);
}

function hostScript(
  scope: Construct,
  { config, derived, cluster, logGroup, worker }: MachinesProps,
  assets: { readonly worker: Asset; readonly node: Asset },
): string {
  return userData({
    AWS_REGION: Stack.of(scope).region,
    ECS_CLUSTER: cluster.name,
    ECS_ATTRIBUTES: JSON.stringify({
      [MACHINE_ATTRIBUTES.app]: config.APP_NAME,
      [MACHINE_ATTRIBUTES.worker]: worker.digest,
    }),
    STOP_TIMEOUT_SECONDS,
    RESERVED_MEMORY_MIB,
    TASK_FAMILY: derived.taskFamily,
    CONTAINER_DISK_BYTES: worker.containerDiskBytes,
    WORKER_ROOT: `${HOST_FOLDER}/workers`,
    WORKER_DIGEST: worker.digest,
    WORKER_ASSET: assets.worker.s3ObjectUrl,
    NODE_ASSET: assets.node.s3ObjectUrl,
    LOADER: worker.loader,
    MOUNT_BUCKET: config.DOWNLOAD_FILES ? '' : config.SOURCE_BUCKET,
    MOUNT_FOLDER,
    MOUNT_MEMORY_MIB,
    IMAGE: config.DOCKERHUB_TAG,
    IMAGE_LOGIN: loginOf(config),
    IMAGE_REGION: ecrRepository(config)?.region ?? '',
    MACHINE_IDLE_MINUTES: config.MACHINE_IDLE_MINUTES,
    MACHINE_LOG_GROUP: logGroup.logGroupName,
  });
}
