/** The dashboard as the stack owns it; what is on it says the monitor, who puts the same one back (lib/monitor/dashboard.ts). */
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { dashboardBody } from '../monitor/dashboard.ts';

export class Dashboard extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config, derived: Derived) {
    super(scope, id);
    this.name = derived.dashboardName;
    this.arn = Stack.of(this).formatArn({
      service: 'cloudwatch',
      region: '',
      resource: 'dashboard',
      resourceName: this.name,
    });
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: this.name,
      dashboardBody: dashboardBody({
        APP_NAME: config.APP_NAME,
        AWS_REGION: config.AWS_REGION,
        SQS_QUEUE_URL: config.SQS_QUEUE_NAME,
        DEAD_LETTER_QUEUE_URL: derived.deadLetterQueueName,
        MEMORY: config.MEMORY,
      }),
    });
  }
}
