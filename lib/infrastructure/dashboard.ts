/** The run at a glance in CloudWatch. */
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import type { JobQueue } from './queue.ts';

export interface DashboardProps {
  readonly config: Config;
  readonly derived: Derived;
  readonly jobs: JobQueue;
}

export class Dashboard extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { config, derived, jobs }: DashboardProps) {
    super(scope, id);
    this.name = derived.dashboardName;
    this.arn = Stack.of(this).formatArn({
      service: 'cloudwatch',
      region: '',
      resource: 'dashboard',
      resourceName: this.name,
    });
    const period = Duration.minutes(1);
    const { queue, deadLetters } = jobs;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: this.name,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          new TextWidget({
            markdown: `# ${config.APP_NAME}\nnpm run status has the same in a terminal.`,
            width: 24,
            height: 2,
          }),
        ],
        [
          graph('Jobs', [
            queue.metricApproximateNumberOfMessagesVisible({ label: 'waiting', period }),
            queue.metricApproximateNumberOfMessagesNotVisible({ label: 'running', period }),
            deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'dead', period }),
          ]),
        ],
      ],
    });
  }
}

function graph(title: string, metrics: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    left: metrics,
    leftYAxis: { min: 0, showUnits: false },
    width: 12,
    height: 6,
  });
}
