/** The run at a glance in CloudWatch. */
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  Metric,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { DIMENSION, type MetricName, NAMESPACE } from '../monitor/metrics.ts';
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
    const { queue, deadLetters } = jobs;
    const run = (metric: MetricName, label: string): Metric =>
      new Metric({
        namespace: NAMESPACE,
        metricName: metric,
        dimensionsMap: { [DIMENSION]: config.APP_NAME },
        statistic: 'Maximum',
        period: MINUTE,
        label,
      });
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: this.name,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          graph('Jobs', [
            queue.metricApproximateNumberOfMessagesVisible({ label: 'waiting', period: MINUTE }),
            queue.metricApproximateNumberOfMessagesNotVisible({ label: 'running', period: MINUTE }),
            run('JobsDone', 'done'),
            deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'dead', period: MINUTE }),
          ]),
          graph('Machines', [
            run('MachinesWanted', 'wanted'),
            run('MachinesThere', 'there'),
            run('MachinesInterrupted', 'taken back by AWS, in all'),
            run('WorkersRunning', 'workers'),
          ]),
        ],
        [
          graph('Seconds a job, on average', [run('AttemptSeconds', 'seconds')]),
          graph('% of the containers’ memory', [memory('Maximum', 'fullest'), memory('Average', 'average')]),
        ],
        [
          number('Spot dollars so far', run('Dollars', 'dollars')),
          number('Machine hours so far', run('MachineHours', 'hours')),
        ],
      ],
    });

    // ECS itself measures it, without charge, over all that runs in the cluster.
    function memory(statistic: string, label: string): Metric {
      return new Metric({
        namespace: 'AWS/ECS',
        metricName: 'MemoryUtilization',
        dimensionsMap: { ClusterName: config.ECS_CLUSTER },
        statistic,
        period: MINUTE,
        label,
      });
    }
  }
}

const MINUTE = Duration.minutes(1);

function graph(title: string, metrics: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    left: metrics,
    leftYAxis: { min: 0, showUnits: false },
    width: 12,
    height: 6,
  });
}

function number(title: string, metric: IMetric): SingleValueWidget {
  return new SingleValueWidget({ title, metrics: [metric], width: 12, height: 4 });
}
