/**
 * Empties a run's fleet so that its cluster, group and network can be removed:
 * 1 the group wants nothing and can want nothing again, whoever asks; 2 workers are told to stop; 3 once the machines
 * are gone, what is still registered is a ghost (its machine ended without a word) and is struck off the cluster.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DeregisterContainerInstanceCommand,
  type ECSClient,
  paginateListContainerInstances,
  paginateListTasks,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { DistributedFijiError } from '../../errors.ts';

export interface Fleet {
  /** Auto Scaling group's name. */
  readonly group: string;
  /** Name or ARN. */
  readonly cluster: string;
  readonly taskFamily: string;
  /** ECS query that finds our machines; undefined: every machine of the cluster, since it is ours. */
  readonly machines: string | undefined;
}

export interface Tools {
  readonly autoScaling: AutoScalingClient;
  readonly ecs: ECSClient;
  readonly log: (line: string) => void;
  /** Milliseconds between two looks at the group. */
  readonly pause: number;
  /** Milliseconds since the epoch at which it gives up. */
  readonly deadline: number;
}

export class MachinesRemainError extends DistributedFijiError {
  constructor(machines: readonly string[]) {
    super(`${String(machines.length)} machines are still ending: ${machines.join(', ')}.`, {
      code: 'AWS_FAILED',
      fault: 'environment',
      fix: 'Run `npm run destroy` again in some minutes: it goes on from here.',
    });
  }
}

/** @throws {MachinesRemainError} when AWS has not ended every machine by the deadline. */
export async function emptyFleet(fleet: Fleet, tools: Tools): Promise<void> {
  await closeGroup(fleet, tools);
  await stopTasks(fleet, tools);
  await machinesGone(fleet, tools);
  await strikeOffGhosts(fleet, tools);
}

async function closeGroup({ group }: Fleet, { autoScaling, log }: Tools): Promise<void> {
  if ((await machinesOf(group, autoScaling)) === undefined) return;
  const closed = { MinSize: 0, MaxSize: 0, DesiredCapacity: 0 };
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, ...closed }));
  log(`${group} wants no machines any more`);
}

/** Politely: each worker hears TERM and gives its job back. */
async function stopTasks({ cluster, taskFamily }: Fleet, { ecs, log }: Tools): Promise<void> {
  for await (const page of whileThere(paginateListTasks({ client: ecs }, { cluster, family: taskFamily }))) {
    for (const task of page.taskArns ?? []) {
      const reason = 'The run is being removed (cdk destroy)';
      await unlessGone(ecs.send(new StopTaskCommand({ cluster, task, reason })));
      log(`stopped ${task}`);
    }
  }
}

async function machinesGone({ group }: Fleet, { autoScaling, log, pause, deadline }: Tools): Promise<void> {
  for (;;) {
    const left = (await machinesOf(group, autoScaling)) ?? [];
    if (left.length === 0) return;
    if (Date.now() + pause > deadline) throw new MachinesRemainError(left);
    log(`${String(left.length)} machines are ending`);
    await sleep(pause);
  }
}

async function strikeOffGhosts({ cluster, machines }: Fleet, { ecs, log }: Tools): Promise<void> {
  const query = { cluster, ...(machines !== undefined && { filter: machines }) };
  const registered: string[] = [];
  for (const status of ['ACTIVE', 'DRAINING'] as const) {
    const pages = paginateListContainerInstances({ client: ecs }, { ...query, status });
    for await (const page of whileThere(pages)) {
      registered.push(...(page.containerInstanceArns ?? []));
    }
  }
  for (const containerInstance of registered) {
    const ghost = new DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true });
    await unlessGone(ecs.send(ghost));
    log(`struck off ${containerInstance}`);
  }
}

/** ECS takes a machine off by itself when its agent says goodbye; a cluster may have been removed by hand. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'ClusterNotFoundException' ||
    (error.name === 'InvalidParameterException' && /not found/i.test(error.message)));

async function unlessGone(doing: Promise<unknown>): Promise<void> {
  await doing.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

async function* whileThere<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Undefined when the group itself is gone. */
async function machinesOf(group: string, client: AutoScalingClient): Promise<string[] | undefined> {
  const answer = await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }));
  const found = answer.AutoScalingGroups?.[0];
  return found === undefined ? undefined : (found.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '?');
}
