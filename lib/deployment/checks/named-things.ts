/** Names of queues and clusters: what the config says is there must be there, and what is to be made must not. */
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import type { Finding } from '../finding.ts';
import { findQueue } from '../run.ts';
import type { Asked, Check, Known } from './check.ts';

export function namedThings(asked: Asked, { stack }: Known): Check[] {
  const { config, derived } = asked;
  // The names of a stack that is there are its own; those that a failed removal left are, too.
  const first =
    stack !== undefined && (stack.found === undefined || stack.found.status === 'ROLLBACK_COMPLETE');
  return [
    ...(first ? [queue(asked, config.SQS_QUEUE_NAME, 'SQS_QUEUE_NAME', false)] : []),
    ...(first || derived.deadLetterQueueExists
      ? [queue(asked, derived.deadLetterQueueName, 'SQS_DEAD_LETTER_QUEUE', derived.deadLetterQueueExists)]
      : []),
    ...(first || derived.clusterExists ? [cluster(asked)] : []),
  ];
}

function queue({ config, aws }: Asked, name: string, option: string, wanted: boolean): Check {
  const look = async (): Promise<Finding[]> => {
    const found = (await findQueue(aws.sqs, name)) !== undefined;
    if (found === wanted) return [];
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
