/** One run in AWS: everything that `cdk deploy` makes and `cdk destroy` removes. */
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type Config, derive } from '../config/index.ts';
import { Logs } from './logs.ts';
import { JobQueue } from './queue.ts';

export class DistributedFijiStack extends Stack {
  constructor(scope: Construct, config: Config, props: StackProps = {}) {
    const derived = derive(config);
    super(scope, derived.stackName, {
      description: `Distributed-Fiji: ${config.APP_NAME}`,
      ...props,
    });
    Tags.of(this).add('DistributedFiji', config.APP_NAME); // one line of the bill for each run

    new Logs(this, 'Logs', config, derived);
    const { queue, deadLetters } = new JobQueue(this, 'Queue', config, derived);

    new CfnOutput(this, 'QueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}
