/** The machines as ECS knows them, and workers that ended badly. */
import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  paginateListContainerInstances,
  paginateListTasks,
  type ContainerInstance,
  type Task,
} from '@aws-sdk/client-ecs';
import { chunks, eachOf, type Aws } from '../aws.ts';
import { MACHINE_ATTRIBUTES, startedBy, type MonitorSettings } from '../settings.ts';
import type { BadStop, Node } from '../state.ts';

/** What one Describe call takes, and how many run at once. */
const PAGE = 100;
const AT_ONCE = 8;

/** @param members EC2 ids of the group's machines: a cluster may be shared, and others' machines are none of ours */
export async function seeNodes(
  aws: Aws,
  settings: MonitorSettings,
  members: ReadonlySet<string>,
): Promise<Node[]> {
  const instances = await describeNodes(
    aws,
    settings.ECS_CLUSTER,
    await listNodes(aws, settings.ECS_CLUSTER),
  );
  const ours = instances.filter(
    (instance) =>
      members.has(instance.ec2InstanceId ?? '') ||
      attribute(instance, MACHINE_ATTRIBUTES.app) === settings.APP_NAME,
  );
  const others = await countOthers(aws, settings, ours);

  return ours.map((instance) => {
    const arn = instance.containerInstanceArn ?? '';
    const guests = others.guests.get(arn) ?? 0;
    return {
      arn,
      machine: instance.ec2InstanceId ?? '',
      status: instance.status ?? 'REGISTERING',
      connected: instance.agentConnected ?? false,
      guests,
      strangers: others.strangers.get(arn) ?? 0,
      tasks: Math.max(0, tasksOn(instance) - guests),
      pending: instance.pendingTasksCount ?? 0,
      worker: attribute(instance, MACHINE_ATTRIBUTES.worker),
      memory: instance.registeredResources?.find(({ name }) => name === 'MEMORY')?.integerValue,
    };
  });
}

export async function describeNodes(
  { ecs }: Aws,
  cluster: string,
  arns: readonly string[],
): Promise<ContainerInstance[]> {
  const pages = await eachOf(chunks(arns, PAGE), AT_ONCE, async (some) =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances: some })),
  );
  return pages.flatMap(({ containerInstances = [] }) => containerInstances);
}

async function listNodes({ ecs }: Aws, cluster: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const page of paginateListContainerInstances({ client: ecs }, { cluster })) {
    arns.push(...(page.containerInstanceArns ?? []));
  }
  return arns;
}

export function tasksOn({ runningTasksCount = 0, pendingTasksCount = 0 }: ContainerInstance): number {
  return runningTasksCount + pendingTasksCount;
}

function attribute({ attributes = [] }: ContainerInstance, name: string): string | undefined {
  return attributes.find((each) => each.name === name)?.value;
}

/** Other people's tasks on our machines, by container instance. */
interface Others {
  /** Of services: in a shared cluster a daemon runs on every machine, and must not hold one that has nothing else to do. */
  readonly guests: Map<string, number>;
  /** Standalone: they do hold it. */
  readonly strangers: Map<string, number>;
}

async function countOthers(
  aws: Aws,
  settings: MonitorSettings,
  ours: readonly ContainerInstance[],
): Promise<Others> {
  const counted: Others = { guests: new Map(), strangers: new Map() };
  const onOurs = ours.reduce((sum, instance) => sum + tasksOn(instance), 0);
  if (!settings.CLUSTER_IS_SHARED || onOurs === 0) return counted;
  const own = await listTasks(aws, { cluster: settings.ECS_CLUSTER, startedBy: startedBy(settings) });
  if (own.length >= onOurs) return counted;

  const all = await listTasks(aws, { cluster: settings.ECS_CLUSTER });
  const known = new Set(own);
  const others = await describeTasks(
    aws,
    settings.ECS_CLUSTER,
    all.filter((arn) => !known.has(arn)),
  );
  for (const { startedBy: starter, containerInstanceArn = '' } of others) {
    const kind = counted[starter?.startsWith('ecs-svc/') ? 'guests' : 'strangers'];
    kind.set(containerInstanceArn, (kind.get(containerInstanceArn) ?? 0) + 1);
  }
  return counted;
}

async function listTasks(
  { ecs }: Aws,
  which: { readonly cluster: string; readonly startedBy?: string },
): Promise<string[]> {
  const arns: string[] = [];
  for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, which)) arns.push(...taskArns);
  return arns;
}

async function describeTasks({ ecs }: Aws, cluster: string, arns: readonly string[]): Promise<Task[]> {
  const pages = await eachOf(chunks(arns, PAGE), AT_ONCE, async (tasks) =>
    ecs.send(new DescribeTasksCommand({ cluster, tasks })),
  );
  return pages.flatMap(({ tasks = [] }) => tasks);
}

/** Workers that ended badly since `since`: could not be started, or ended with an exit code other than 0. */
export async function seeBadStops(
  aws: Aws,
  settings: MonitorSettings,
  since: number,
  instances: ReadonlyMap<string, string>,
): Promise<BadStop[]> {
  const cluster = settings.ECS_CLUSTER;
  const stopped = await describeTasks(aws, cluster, await listStopped(aws, settings));

  return stopped
    .filter((task) => task.startedBy === startedBy(settings) && (task.stoppedAt?.getTime() ?? 0) > since)
    .filter(endedBadly)
    .map((task) => ({
      machine: instances.get(task.containerInstanceArn ?? ''),
      reason: reasonOf(task),
    }));
}

/** ECS lists what stopped in the last hour, a hundred a page, in no order that it tells; so many tell enough. */
const MOST_STOPPED = 1000;

async function listStopped({ ecs }: Aws, settings: MonitorSettings): Promise<string[]> {
  const which = {
    cluster: settings.ECS_CLUSTER,
    family: familyOf(settings.TASK_DEFINITION),
    desiredStatus: 'STOPPED',
  } as const;
  const arns: string[] = [];
  for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, which)) {
    arns.push(...taskArns);
    if (arns.length >= MOST_STOPPED) break;
  }
  return arns;
}

function endedBadly({ stopCode, containers = [] }: Task): boolean {
  // A machine that AWS took back is nobody's failure.
  if (stopCode === 'SpotInterruption' || stopCode === 'TerminationNotice' || stopCode === 'UserInitiated')
    return false;
  return (
    stopCode === 'TaskFailedToStart' ||
    containers.some(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  );
}

function reasonOf({ stoppedReason, containers = [] }: Task): string {
  const [container] = containers;
  const exit = container?.exitCode === undefined ? undefined : `exit code ${container.exitCode}`;
  return [container?.reason ?? stoppedReason ?? 'no reason given', exit].filter(Boolean).join(', ');
}

/** `arn:...:task-definition/FAMILY:REVISION`, or `FAMILY:REVISION`. */
function familyOf(definition: string): string {
  return (definition.split('/').at(-1) ?? definition).replace(/:\d+$/, '');
}
