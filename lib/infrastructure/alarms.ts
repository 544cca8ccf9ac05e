/** What must not go unseen. Each costs 10 cents a metric and month, idle or not (docs/costs.md). */
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { whereReasonsAre } from '../monitor/failures.ts';
import type { JobQueue } from './queue.ts';

export interface AlarmsProps {
  readonly config: Config;
  readonly derived: Derived;
  readonly jobs: JobQueue;
  /** Who is told; without anybody, alarms are seen in the console alone. */
  readonly topic: ITopic | undefined;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.deadLetters(props);
    this.noProgress(props);
    if (props.config.AUTO_MONITOR) this.monitorFailing(props);
  }

  private deadLetters({ config, jobs, topic }: AlarmsProps): void {
    this.alarm('DeadLetters', topic, {
      metric: jobs.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      periods: 1,
      description: `${config.APP_NAME}: jobs have failed for good. ${whereReasonsAre(`s3://${config.DESTINATION_BUCKET}`, config.APP_NAME)}`,
      missing: TreatMissingData.NOT_BREACHING, // SQS is silent about a queue that nobody uses
    });
  }

  /** Independent of the monitor, which tells of it by mail with its reasons: this is for when it does not. */
  private noProgress({ config, jobs, topic }: AlarmsProps): void {
    const period = Duration.minutes(5);
    this.alarm('NoProgress', topic, {
      metric: new MathExpression({
        expression: 'IF(FILL(waiting, 0) + FILL(running, 0) > 0 AND FILL(ended, 0) == 0, 1, 0)',
        usingMetrics: {
          waiting: jobs.queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Minimum' }),
          running: jobs.queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Minimum' }),
          ended: jobs.queue.metricNumberOfMessagesDeleted({ period, statistic: 'Sum' }),
        },
        label: 'jobs, and none of them ending',
        period,
      }),
      periods: Math.ceil(config.STALLED_AFTER_MINUTES / period.toMinutes()),
      description: `${config.APP_NAME}: there are jobs, and none has ended for ${String(config.STALLED_AFTER_MINUTES)} minutes (STALLED_AFTER_MINUTES).`,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private monitorFailing({ config, derived, topic }: AlarmsProps): void {
    const period = Duration.minutes(1);
    const ofMonitor = (metricName: string): Metric =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { FunctionName: derived.monitorFunctionName },
        statistic: 'Sum',
        period,
      });
    this.alarm('MonitorFailing', topic, {
      metric: new MathExpression({
        expression: 'IF(FILL(calls, 0) - FILL(errors, 0) < 1, 1, 0)',
        usingMetrics: { calls: ofMonitor('Invocations'), errors: ofMonitor('Errors') },
        label: 'minutes without a call that went well',
        period,
      }),
      periods: 10,
      description: `${config.APP_NAME}: the monitor has not worked for 10 minutes. Its log group says why.`,
      // Not called at all is the worst of its failures: told when it falls silent, and not of a run deployed just now.
      missing: TreatMissingData.MISSING,
      whenSilent: true,
    });
  }

  private alarm(
    id: string,
    topic: ITopic | undefined,
    is: {
      metric: IMetric;
      periods: number;
      description: string;
      missing: TreatMissingData;
      /** Tell too when the metric has no data any more. */
      whenSilent?: boolean;
    },
  ): void {
    const alarm = new Alarm(this, id, {
      metric: is.metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: is.periods,
      alarmDescription: is.description,
      treatMissingData: is.missing,
    });
    if (topic === undefined) return;
    alarm.addAlarmAction(new SnsAction(topic));
    if (is.whenSilent === true) alarm.addInsufficientDataAction(new SnsAction(topic));
  }
}
