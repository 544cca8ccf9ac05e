/** The stack of a run, as CloudFormation tells it. */
import { DescribeStacksCommand, type CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { messageOf } from '../errors.ts';
import { deployedSettings, SETTINGS_OUTPUT } from '../monitor/settings.ts';
import type { z } from 'zod';

export interface DeployedStack {
  /** ARN; it names this very stack also when it is gone and another one has its name. */
  readonly id: string;
  readonly name: string;
  /** `CREATE_COMPLETE`, `ROLLBACK_COMPLETE`, ... */
  readonly status: string;
  readonly description: string;
  /** What it was made with; undefined for a stack that is only half made. */
  readonly made: Made | undefined;
}

/** What is read of a deployment that may be older than this code: each may be missing. */
const made = deployedSettings
  .pick({
    SQS_QUEUE_URL: true,
    DEAD_LETTER_QUEUE_URL: true,
    ECS_CLUSTER: true,
    AUTO_SCALING_GROUP: true,
    CLUSTER_MACHINES: true,
    DESTINATION: true,
    SOURCE: true,
    NETWORK: true,
  })
  .partial();
export type Made = z.infer<typeof made>;

/** @returns undefined when there is no stack of this name or id */
export async function seeStack(
  client: CloudFormationClient,
  nameOrId: string,
): Promise<DeployedStack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
    const [found] = Stacks;
    return found === undefined ? undefined : stackOf(found);
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) return undefined;
    throw error;
  }
}

function stackOf(stack: Stack): DeployedStack {
  return {
    id: stack.StackId ?? stack.StackName ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    description: stack.Description ?? '',
    made: madeWith(stack.Outputs?.find(({ OutputKey }) => OutputKey === SETTINGS_OUTPUT)?.OutputValue),
  };
}

function madeWith(output: string | undefined): Made | undefined {
  if (output === undefined) return undefined;
  const parsed = made.safeParse(JSON.parse(output));
  return parsed.success ? parsed.data : {};
}

/** By its outputs; a stack that is half made has none, and is told by its description (lib/infrastructure/stack.ts). */
export function isOurs({ made: settings, description }: DeployedStack): boolean {
  return settings !== undefined || description.startsWith('Distributed-Fiji');
}

/** Whether CloudFormation is at work on it. A stack of which only a plan was made (REVIEW) counts as not begun. */
export function isBusy({ status }: DeployedStack): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

/** Its first deployment failed: nothing of it works, and the next deployment has to begin with removing it. */
export function isHalfMade({ status }: DeployedStack): boolean {
  return status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED';
}
