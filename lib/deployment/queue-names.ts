/** A deleted queue's name cannot be used for 60 s: told from the events of the stack that had it. */
import {
  paginateDescribeStackEvents,
  paginateListStacks,
  type CloudFormationClient,
  type StackSummary,
} from '@aws-sdk/client-cloudformation';

/** AWS's minute, and some seconds for its clocks. */
const KEPT_BACK_MS = 65_000;

export interface FreedQueues {
  readonly names: readonly string[];
  readonly now: number;
}

/**
 * @param stackId of a stack that is half made; undefined: the last one of this name that was removed is looked for
 * @returns milliseconds to wait until both queue names can be had; 0 mostly
 */
export async function untilFree(
  client: CloudFormationClient,
  stack: { readonly name: string; readonly id: string | undefined },
  { names, now }: FreedQueues,
): Promise<number> {
  const id = stack.id ?? (await removedLast(client, stack.name));
  if (id === undefined) return 0;
  const deleted = await deletions(client, id, names, now - KEPT_BACK_MS);
  return Math.max(0, ...deleted.map((time) => time + KEPT_BACK_MS - now));
}

async function removedLast(client: CloudFormationClient, name: string): Promise<string | undefined> {
  const removed: StackSummary[] = [];
  const pages = paginateListStacks({ client }, { StackStatusFilter: ['DELETE_COMPLETE'] });
  for await (const { StackSummaries = [] } of pages) {
    removed.push(...StackSummaries.filter(({ StackName }) => StackName === name));
  }
  const made = ({ CreationTime }: StackSummary): number => CreationTime?.getTime() ?? 0;
  return removed.sort((a, b) => made(b) - made(a))[0]?.StackId;
}

async function deletions(
  client: CloudFormationClient,
  StackName: string,
  names: readonly string[],
  since: number,
): Promise<number[]> {
  const times: number[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    for (const { ResourceType, ResourceStatus, PhysicalResourceId = '', Timestamp } of StackEvents) {
      const deleted = ResourceType === 'AWS::SQS::Queue' && ResourceStatus === 'DELETE_COMPLETE';
      if (
        deleted &&
        names.some((name) => PhysicalResourceId.split('/').at(-1) === name) &&
        Timestamp !== undefined
      ) {
        times.push(Timestamp.getTime());
      }
    }
    if ((StackEvents.at(-1)?.Timestamp?.getTime() ?? 0) < since) break;
  }
  return times;
}
