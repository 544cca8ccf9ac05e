/** The Auto Scaling group, which of its processes are suspended, and what it says of launches that failed. */
import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DistributedFijiError } from '../../errors.ts';
import type { Aws } from '../aws.ts';
import type { FailedLaunch, Group } from '../state.ts';

export class GroupMissingError extends DistributedFijiError {
  constructor(name: string) {
    super(`There is no Auto Scaling group called ${name}.`, {
      code: 'MONITOR_FAILED',
      fault: 'environment',
      fix: 'Deploy again (npm run deploy), or check AWS_REGION and AWS_PROFILE in config.ts.',
    });
  }
}

export async function seeGroup({ autoScaling }: Aws, name: string): Promise<Group> {
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const group = AutoScalingGroups[0];
  if (group === undefined) throw new GroupMissingError(name);

  const suspended = (group.SuspendedProcesses ?? []).map(({ ProcessName = '', SuspensionReason = '' }) => ({
    process: ProcessName,
    reason: SuspensionReason,
  }));
  const overrides = group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  return {
    desired: group.DesiredCapacity ?? 0,
    max: group.MaxSize ?? 0,
    types: overrides.flatMap(({ InstanceType }) => InstanceType ?? []),
    zones: group.AvailabilityZones ?? [],
    rebalances: !suspended.some(({ process }) => process === 'AZRebalance'),
    suspended,
    machines: (group.Instances ?? []).map((instance) => ({
      id: instance.InstanceId ?? '',
      type: instance.InstanceType ?? 'unknown',
      zone: instance.AvailabilityZone ?? 'unknown',
      lifecycle: instance.LifecycleState ?? 'Pending',
    })),
  };
}

/** Activities of the last minutes; older failures say nothing about now. Milliseconds. */
const RECENT = 900_000;

export async function seeFailedLaunches(
  { autoScaling }: Aws,
  name: string,
  now: number,
): Promise<FailedLaunch[]> {
  // Newest first: one page is enough.
  const { Activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: 100 }),
  );
  return Activities.filter(
    ({ StatusCode, StartTime }) =>
      (StatusCode === 'Failed' || StatusCode === 'Cancelled') && now - (StartTime?.getTime() ?? 0) < RECENT,
  ).map(({ StatusMessage, Details }) => ({
    message: StatusMessage ?? 'the launch failed without a reason',
    zone: zoneOf(Details),
  }));
}

function zoneOf(details: string | undefined): string | undefined {
  return /"Availability Zone"\s*:\s*"([^"]+)"/.exec(details ?? '')?.[1];
}
