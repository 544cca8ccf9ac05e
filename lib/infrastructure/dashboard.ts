/**
 * The dashboard with CLEAN_DASHBOARD: false. Otherwise it is the monitor's, who puts and removes it with each run, and the
 * clean-up's in the end: CloudFormation may fail to change what it finds removed.
 */
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { dashboardBody } from '../monitor/dashboard.ts';

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, config: Config, derived: Derived) {
    super(scope, id);
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: derived.dashboardName,
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
