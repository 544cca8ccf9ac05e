/** What a stack holds, and so what goes with it. */
import { paginateListStackResources, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Config, Derived } from '../config/index.ts';
import type { DeployedStack } from './stack.ts';

export interface Resource {
  readonly type: string;
  /** Name, id or address, as AWS has it. */
  readonly id: string;
}

/** What of the stack exists now. */
export async function resourcesOf(client: CloudFormationClient, stackId: string): Promise<Resource[]> {
  const resources: Resource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stackId },
  )) {
    for (const { ResourceType = '', PhysicalResourceId = '', ResourceStatus } of StackResourceSummaries) {
      if (ResourceStatus === 'DELETE_COMPLETE' || PhysicalResourceId === '') continue;
      resources.push({ type: ResourceType, id: PhysicalResourceId });
    }
  }
  return resources;
}

/** The user's own, which the run used and which stays: the name of each, undefined where the stack made it. */
export interface Borrowed {
  readonly deadLetters: string | undefined;
  readonly cluster: string | undefined;
  readonly network: string | undefined;
}

/**
 * Told from what the stack holds: the config may have changed since it was deployed. The config is believed only of a
 * stack that is half made, or whose resources could not be listed.
 */
export function borrowed(
  { made }: Pick<DeployedStack, 'made'>,
  resources: readonly Resource[] | undefined,
  config: Config,
  derived: Derived,
): Borrowed {
  const network = config.VPC_ID;
  if (made === undefined || resources === undefined) {
    return {
      deadLetters: derived.deadLetterQueueExists ? derived.deadLetterQueueName : undefined,
      cluster: derived.clusterExists ? config.ECS_CLUSTER : undefined,
      network,
    };
  }
  const has = (type: string): boolean => resources.some((resource) => resource.type === type);
  const { DEAD_LETTER_QUEUE_URL: deadLetters, ECS_CLUSTER: cluster } = made;
  return {
    deadLetters: deadLetters && !holdsQueue(resources, deadLetters) ? lastPart(deadLetters) : undefined,
    cluster: cluster && !has('AWS::ECS::Cluster') ? lastPart(cluster) : undefined,
    network: has('AWS::EC2::VPC') ? undefined : network,
  };
}

export function holdsQueue(resources: readonly Resource[], url: string): boolean {
  return resources.some(({ type, id }) => type === 'AWS::SQS::Queue' && lastPart(id) === lastPart(url));
}

/** The name at the end of an address or ARN; a name as it is. */
export function lastPart(id: string): string {
  return /^(https?:|arn:)/.test(id) ? (id.split(/[/:]/).at(-1) ?? id) : id;
}
