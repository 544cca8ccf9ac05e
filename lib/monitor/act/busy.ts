/** The last look at machines that are about to be ended, when they take no more tasks: which must be spared after all. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { describeNodes, tasksOn } from '../observe/cluster.ts';
import { countMessages } from '../observe/queue.ts';
import type { Ending, Node } from '../state.ts';
import type { Acting } from './acting.ts';

/** @returns ARNs of those that run something, unless it is what they are to be ended in spite of */
export async function findBusy(acting: Acting, endings: readonly Ending[]): Promise<ReadonlySet<string>> {
  const { aws, settings } = acting;
  const byArn = new Map(
    endings.flatMap(({ node, thoughBusy }) => (node ? [[node.arn, { node, thoughBusy }]] : [])),
  );
  const instances = await describeNodes(aws, settings.ECS_CLUSTER, [...byArn.keys()]);
  const noJob =
    endings.some(({ thoughBusy }) => thoughBusy === 'no job is left') && (await queueIsEmpty(acting));

  const mayEnd = (instance: ContainerInstance): boolean => {
    const ending = byArn.get(instance.containerInstanceArn ?? '');
    return ending === undefined || isIdle(instance, ending.node) || isStillStuck(instance, ending, noJob);
  };
  return new Set(
    instances
      .filter((instance) => !mayEnd(instance))
      .map(({ containerInstanceArn }) => containerInstanceArn ?? ''),
  );
}

function isIdle(instance: ContainerInstance, { guests }: Node): boolean {
  return tasksOn(instance) <= guests;
}

/** No task came since the look, and what made it stuck holds at this moment too. */
function isStillStuck(
  instance: ContainerInstance,
  { node, thoughBusy }: { readonly node: Node; readonly thoughBusy: Ending['thoughBusy'] },
  noJob: boolean,
): boolean {
  if (tasksOn(instance) > node.tasks + node.guests) return false;
  switch (thoughBusy) {
    case 'no job is left':
      return noJob;
    case 'its agent is silent':
      return instance.agentConnected !== true;
    case undefined:
      return false;
  }
}

async function queueIsEmpty({ aws, settings }: Acting): Promise<boolean> {
  const { visible, delayed, inFlight } = await countMessages(aws, settings.SQS_QUEUE_URL);
  return visible + delayed + inFlight === 0;
}
