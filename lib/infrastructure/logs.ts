/** Where containers, machines, monitor and clean-up print. All of it goes with the stack: jobs' own logs are in the bucket. */
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';

export class Logs extends Construct {
  /** What worker containers print. */
  readonly jobs: ILogGroup;
  /** Why a machine did not start. */
  readonly machines: ILogGroup;
  readonly monitor: ILogGroup;
  /** Removed last: the clean-up still writes while everything else goes. */
  readonly cleanup: ILogGroup;

  constructor(scope: Construct, id: string, config: Config, derived: Derived) {
    super(scope, id);
    const group = (name: string, logGroupName: string): ILogGroup =>
      new LogGroup(this, name, {
        logGroupName,
        retention: config.LOG_RETENTION_DAYS as RetentionDays, // CloudWatch's numbers are checked with the config
        removalPolicy: RemovalPolicy.DESTROY,
      });

    this.jobs = group('Jobs', config.LOG_GROUP_NAME);
    this.machines = group('Machines', derived.machineLogGroupName);
    this.monitor = group('Monitor', `${config.LOG_GROUP_NAME}_monitor`);
    this.cleanup = group('CleanUp', `${config.LOG_GROUP_NAME}_cleanup`);
  }
}
