/** Names of queues and clusters: what the config says is there must be there, and what is to be made must not. */
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import type { Finding } from '../finding.ts';
import { untilFree } from '../queue-names.ts';
import { findQueue } from '../run.ts';
import type { Asked, Check, Known } from './check.ts';

export function namedThings(asked: Asked, known: Known): Check[] {
  const { config, derived } = asked;
  const { stack } = known;
  // The names of a stack that is there are its own; those that a failed removal left are, too.
  const first =
    stack !== undefined && (stack.found === undefined || stack.found.status === 'ROLLBACK_COMPLETE');
  const dead = derived.deadLetterQueueExists;
  return [
    ...(first
      ? [queue(asked, known, { name: config.SQS_QUEUE_NAME, option: 'SQS_QUEUE_NAME', wanted: false })]
      : []),
    ...(first || dead
      ? [
          queue(asked, known, {
            name: derived.deadLetterQueueName,
            option: 'SQS_DEAD_LETTER_QUEUE',
            wanted: dead,
          }),
        ]
      : []),
    ...(first || derived.clusterExists ? [cluster(asked)] : []),
  ];
}

interface NamedQueue {
  readonly name: string;
  readonly option: string;
  /** The config says that it is there already. */
  readonly wanted: boolean;
}

function queue(asked: Asked, known: Known, { name, option, wanted }: NamedQueue): Check {
  const { config, aws } = asked;
  const look = async (): Promise<Finding[]> => {
    const found = (await findQueue(aws.sqs, name)) !== undefined;
    if (found === wanted || (found && (await isGoing(asked, known, name)))) return [];
    return [
      wanted
        ? {
            kind: 'problem',
            message: `There is no queue called ${name} (${option}) in ${config.AWS_REGION}.`,
            fix: 'Correct the name in config.ts, or leave USE_EXISTING_DEAD_LETTER_QUEUE out: then it is made with the run.',
          }
        : {
            kind: 'problem',
            message: `A queue called ${name} (${option}) is in ${config.AWS_REGION} already, and not of this run.`,
            fix: `Choose another ${option} (or APP_NAME) in config.ts, or remove that queue if nobody needs it.`,
          },
    ];
  };
  return { doing: `Looking for the queue ${name}`, look };
}

/** For up to a minute SQS still answers for a queue that was removed, as for this run's when it was removed just now. */
async function isGoing({ derived, aws }: Asked, { stack }: Known, name: string): Promise<boolean> {
  const removed = { name: derived.stackName, id: stack?.found?.id };
  return (await untilFree(aws.cloudFormation, removed, { names: [name], now: Date.now() })) > 0;
}

function cluster({ config, derived, aws }: Asked): Check {
  const name = config.ECS_CLUSTER;
  const look = async (): Promise<Finding[]> => {
    const { clusters = [] } = await aws.ecs.send(new DescribeClustersCommand({ clusters: [name] }));
    const found = clusters.some(({ status }) => status === 'ACTIVE');
    if (found === derived.clusterExists) return [];
    return [
      derived.clusterExists
        ? {
            kind: 'problem',
            message: `There is no ECS cluster called ${name} (ECS_CLUSTER) in ${config.AWS_REGION}.`,
            fix: `Leave ECS_CLUSTER out of config.ts: then one is made with the run. Or make it: aws ecs create-cluster --cluster-name ${name} --region ${config.AWS_REGION}`,
          }
        : {
            kind: 'problem',
            message: `An ECS cluster called ${name} (ECS_CLUSTER) is in ${config.AWS_REGION} already, and not of this run.`,
            fix: 'Choose another ECS_CLUSTER (or APP_NAME) in config.ts; to join that one, write USE_EXISTING_CLUSTER: true.',
          },
    ];
  };
  return { doing: `Looking for the cluster ${name}`, look };
}
