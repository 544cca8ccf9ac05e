/** What `destroy` removes, and what it leaves, in plain words. */
import type { Config } from '../config/index.ts';
import { plural } from '../plural.ts';
import { appPrefix } from '../records/record.ts';
import { lastPart, type Borrowed, type Resource } from './resources.ts';
import { listed } from './words.ts';

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
    const names = NAMELESS.includes(type) ? '' : `: ${listed(found.map(({ id }) => lastPart(id)).sort())}`;
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

/** On purpose: what is the user's, or belongs to others. */
export function whatIsKept(
  config: Config,
  { deadLetters, cluster, network }: Borrowed,
  messages: number | undefined,
): string[] {
  const lines = [
    `your results, with records and job logs (${appPrefix(config.APP_NAME)}), in s3://${config.DESTINATION_BUCKET}`,
  ];
  if (config.SOURCE_BUCKET !== config.DESTINATION_BUCKET)
    lines.push(`your images in s3://${config.SOURCE_BUCKET}`);
  if (deadLetters !== undefined)
    lines.push(`your queue ${deadLetters}${messages ? `, with ${plural(messages, 'message')}` : ''}`);
  if (cluster !== undefined) lines.push(`your cluster ${cluster}`);
  if (network !== undefined) lines.push(`your network ${network}`);
  lines.push("what npx cdk bootstrap made, and the worker's files there: other deployments use it");
  return lines;
}
