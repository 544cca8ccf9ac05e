/**
 * The dashboard. With CLEAN_DASHBOARD it is the monitor's, who puts and removes it with each run, and the clean-up's in
 * the end: CloudFormation may fail to change what it finds removed. Without, it is the stack's.
 */
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
    if (config.CLEAN_DASHBOARD) return;
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
