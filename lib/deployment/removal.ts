/** What `destroy` removes, and what it leaves, in plain words. */
import { paginateListStackResources, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Config, Derived } from '../config/index.ts';
import { plural } from '../plural.ts';
import { appPrefix } from '../records/record.ts';
import type { DeployedStack } from './stack.ts';
import { listed } from './words.ts';

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

/** What people know; all else is counted together. */
const KNOWN: readonly (readonly [type: string, what: string])[] = [
  ['AWS::SQS::Queue', 'queue'],
  ['AWS::ECS::Cluster', 'cluster'],
  ['AWS::Logs::LogGroup', 'log group'],
  ['AWS::CloudWatch::Dashboard', 'dashboard'],
  ['AWS::CloudWatch::Alarm', 'alarm'],
  ['AWS::Lambda::Function', 'function'],
  ['AWS::EC2::VPC', 'network'],
];

/** Names that AWS made up tell nobody anything. */
const NAMELESS = ['AWS::CloudWatch::Alarm', 'AWS::Lambda::Function', 'AWS::EC2::VPC'];
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** @param machines that were there when it began */
export function whatWasRemoved(resources: readonly Resource[], machines: number): string[] {
  const lines = KNOWN.flatMap(([type, what]) => {
    const found = resources.filter((resource) => resource.type === type);
    if (found.length === 0) return [];
    const names = NAMELESS.includes(type) ? '' : `: ${listed(found.map(({ id }) => shortName(id)).sort())}`;
    return [`${plural(found.length, what)}${names}`];
  });
  const rest = resources.filter(
    ({ type }) => type !== GROUP && KNOWN.every(([known]) => known !== type),
  ).length;
  return [
    ...(resources.some(({ type }) => type === GROUP)
      ? [`the group of machines${machines === 0 ? '' : `, with ${plural(machines, 'machine')}`}`]
      : []),
    ...lines,
    ...(rest === 0 ? [] : [`${plural(rest, 'part')} of these: roles, subnets, rules and the like`]),
  ];
}

/** The last part of an address or ARN. */
function shortName(id: string): string {
  return /^(https?:|arn:)/.test(id) ? (id.split(/[/:]/).at(-1) ?? id) : id;
}

/** On purpose: what is the user's, or belongs to others. */
export function whatIsKept(
  config: Config,
  derived: Derived,
  made: DeployedStack['made'],
  deadLetters: number | undefined,
): string[] {
  const queue = made?.DEAD_LETTER_QUEUE_URL?.split('/').at(-1) ?? derived.deadLetterQueueName;
  const lines = [
    `your results, with records and job logs (${appPrefix(config.APP_NAME)}), in s3://${config.DESTINATION_BUCKET}`,
  ];
  if (config.SOURCE_BUCKET !== config.DESTINATION_BUCKET)
    lines.push(`your images in s3://${config.SOURCE_BUCKET}`);
  if (derived.deadLetterQueueExists) {
    lines.push(`your queue ${queue}${deadLetters ? `, with ${plural(deadLetters, 'message')}` : ''}`);
  }
  if (derived.clusterExists) lines.push(`your cluster ${config.ECS_CLUSTER}`);
  if (config.VPC_ID !== undefined) lines.push(`your network ${config.VPC_ID}`);
  lines.push("what npx cdk bootstrap made, and the worker's files there: other deployments use it");
  return lines;
}
