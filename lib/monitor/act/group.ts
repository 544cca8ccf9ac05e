/**
 * The Auto Scaling group's part. Nothing here lets the group choose what to end: desired is never set below what is
 * there, and each machine is ended by name, after it takes no more tasks and a second look (busy.ts) found no work on it.
 */
import {
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { UpdateContainerInstancesStateCommand } from '@aws-sdk/client-ecs';
import { messageOf } from '../../errors.ts';
import { chunks, eachOf } from '../aws.ts';
import { isLeaving } from '../fleet.ts';
import { seeGroup } from '../observe/group.ts';
import type { Action, Ending, Node } from '../state.ts';
import type { Acting, Results } from './acting.ts';
import { findBusy } from './busy.ts';

type Of<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

/** Machines ended side by side; and what UpdateContainerInstancesState takes in one call. */
const AT_ONCE = 8;
const DRAIN_AT_ONCE = 10;

export async function suspendRebalancing({ aws, settings, say }: Acting): Promise<Partial<Results>> {
  await aws.autoScaling.send(
    new SuspendProcessesCommand({
      AutoScalingGroupName: settings.AUTO_SCALING_GROUP,
      ScalingProcesses: ['AZRebalance'],
    }),
  );
  say('suspended the rebalancing of zones, which would end busy machines');
  return {};
}

export async function resumeLaunching(
  { aws, settings, say }: Acting,
  { suspensions }: Of<'resume launching'>,
): Promise<Partial<Results>> {
  await aws.autoScaling.send(
    new ResumeProcessesCommand({
      AutoScalingGroupName: settings.AUTO_SCALING_GROUP,
      ScalingProcesses: suspensions.map(({ process }) => process),
    }),
  );
  for (const { process, reason } of suspensions) {
    say(`resumed ${process}, which AWS had suspended (${reason || 'it gave no reason'})`);
  }
  return {};
}

export async function setDesired(acting: Acting, action: Of<'set desired'>): Promise<Partial<Results>> {
  const { settings } = acting;
  const raises = action.machines > action.from;
  // Some may have come since the look: desired below them would let the group choose one to end.
  const machines = raises ? action.machines : Math.max(action.machines, await machinesThere(acting));
  if (!raises && machines >= action.from) return {};

  await call(acting, machines);
  acting.say(
    `machines wanted: ${action.from} -> ${machines} of ${settings.CLUSTER_MACHINES} (${action.why})`,
  );
  return {};
}

async function machinesThere({ aws, settings }: Acting): Promise<number> {
  const { machines } = await seeGroup(aws, settings.AUTO_SCALING_GROUP);
  return machines.filter((machine) => !isLeaving(machine)).length;
}

async function call({ aws, settings }: Acting, desired: number): Promise<void> {
  await aws.autoScaling.send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: settings.AUTO_SCALING_GROUP,
      DesiredCapacity: desired,
      HonorCooldown: false,
    }),
  );
}

export async function endMachines(
  acting: Acting,
  { endings, all }: Of<'end machines'>,
): Promise<Partial<Results>> {
  const nodes = endings.flatMap(({ node }) => node ?? []);
  await drain(acting, nodes, 'DRAINING');
  const busy = await findBusy(acting, endings);
  const idle = endings.filter(({ node }) => node === undefined || !busy.has(node.arn));
  const spared = endings.filter(({ node }) => node !== undefined && busy.has(node.arn));
  await drain(
    acting,
    spared.flatMap(({ node }) => (node?.status === 'ACTIVE' ? [node] : [])),
    'ACTIVE',
  );

  // One call instead of a thousand; whatever came since the look has no work either.
  const errors = all && spared.length === 0 ? await endAll(acting) : await endEach(acting, idle);
  for (const { machine, why, replace } of idle) {
    acting.say(`${replace ? 'replaced' : 'ended'} machine ${machine}: ${why}`);
  }
  return { spared: spared.map(({ machine }) => machine), errors };
}

async function endAll(acting: Acting): Promise<unknown[]> {
  await call(acting, 0);
  return [];
}

async function endEach({ aws }: Acting, endings: readonly Ending[]): Promise<unknown[]> {
  const errors = await eachOf(endings, AT_ONCE, async ({ machine, replace }): Promise<unknown> => {
    try {
      await aws.autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: machine,
          ShouldDecrementDesiredCapacity: !replace,
        }),
      );
      return undefined;
    } catch (error) {
      // AWS may have taken it back a moment ago.
      return /not found|does not exist/i.test(messageOf(error)) ? undefined : error;
    }
  });
  return errors.filter((error) => error !== undefined);
}

/** DRAINING keeps new tasks away and touches none that runs. */
async function drain(
  { aws, settings }: Acting,
  nodes: readonly Node[],
  status: 'DRAINING' | 'ACTIVE',
): Promise<void> {
  const change = nodes.filter((node) => node.connected && (status === 'ACTIVE' || node.status === 'ACTIVE'));
  await eachOf(chunks(change, DRAIN_AT_ONCE), AT_ONCE, async (some) =>
    aws.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: settings.ECS_CLUSTER,
        containerInstances: some.map(({ arn }) => arn),
        status,
      }),
    ),
  );
}
