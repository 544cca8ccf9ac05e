/** Mail to whoever runs the jobs: the end of a run, and what needs a human. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config } from '../config/index.ts';
import { serviceFor } from './permissions/statement.ts';

export class Mail extends Construct {
  readonly topic: ITopic | undefined;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    if (config.NOTIFY_EMAIL === undefined) return;
    // Not encrypted with a key: alarms cannot send through SNS's own, and a key of ours is a dollar a month.
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // CloudWatch may: the policy that refuses what is not encrypted on its way takes the place of SNS's own, which let it.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsTell',
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        principals: [serviceFor(Stack.of(this), 'cloudwatch')],
      }),
    );
    topic.addSubscription(new EmailSubscription(config.NOTIFY_EMAIL)); // Amazon asks its reader to confirm
    this.topic = topic;
  }
}
