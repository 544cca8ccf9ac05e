/** The one controller, as a Lambda: called each minute, and at once when a machine joins or Spot takes one back. */
import { type CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { AssetHashType, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { Config } from '../config/index.ts';
import { type MonitorSettings, toEnvironment } from '../monitor/settings.ts';
import type { Artifact } from './artifact.ts';
import type { Arns } from './permissions/arns.ts';
import { monitorStatements, schedulerStatements } from './permissions/monitor.ts';
import { serviceFor } from './permissions/statement.ts';

export interface MonitorProps {
  readonly config: Config;
  readonly functionName: string;
  readonly settings: MonitorSettings;
  readonly bundle: Artifact;
  readonly arns: Arns;
  readonly queueArns: { readonly jobs: string; readonly deadLetters: string };
  readonly logGroup: ILogGroup;
  readonly taskRoleArns: readonly string[];
  readonly memoryKey: string;
  readonly recordsPrefix: string;
  /** Made before the monitor is called for the first time, and removed after its last call. */
  readonly calledAfter: IDependable;
}

export class Monitor extends Construct {
  readonly handler: Lambda;

  constructor(scope: Construct, id: string, props: MonitorProps) {
    super(scope, id);
    const { settings, arns, logGroup } = props;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: monitorStatements(arns, {
        queue: props.queueArns.jobs,
        deadLetters: props.queueArns.deadLetters,
        group: settings.AUTO_SCALING_GROUP,
        logGroup: logGroup.logGroupArn,
        roles: props.taskRoleArns,
        memoryKey: props.memoryKey,
        recordsPrefix: props.recordsPrefix,
        topic: settings.TOPIC_ARN,
        dashboard: settings.DASHBOARD_NAME !== undefined,
      }),
    });

    this.handler = new Lambda(this, 'Function', {
      functionName: props.functionName, // `enqueue` calls it by its name
      description: `Starts and ends machines and tasks of ${props.config.APP_NAME}`,
      ...lambdaDefaults(props.bundle),
      memorySize: 512,
      // Less than the minute between two calls; of two at once, one does nothing (its memory's If-Match).
      timeout: Duration.seconds(55),
      role,
      logGroup,
      environment: environmentOf(settings),
      // A call that failed is not made again later, as Lambda would: the next minute's sees more.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    this.handler.node.addDependency(policy);

    for (const caller of [this.eachMinute(), ...this.onEvents(arns.cluster)]) {
      caller.node.addDependency(props.calledAfter);
    }
  }

  private eachMinute(): Construct {
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: serviceFor(Stack.of(this), 'scheduler'),
    });
    const policy = new Policy(this, 'SchedulerPolicy', {
      roles: [role],
      statements: schedulerStatements(this.handler.functionArn),
    });
    const schedule = new CfnSchedule(this, 'EachMinute', {
      description: `Calls ${this.handler.functionName}`,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      // A missed minute is not made up for: the next one sees it all.
      target: {
        arn: this.handler.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
    schedule.node.addDependency(policy);
    return schedule;
  }

  private onEvents(clusterArn: string): Construct[] {
    const targets = [
      new LambdaFunction(this.handler, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
    ];
    const machineReady = new Rule(this, 'MachineReady', {
      description: 'A machine has joined the cluster, or its last task has ended',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Container Instance State Change'],
        // Every task's start and end changes an instance: only those without any are of interest.
        detail: {
          clusterArn: [clusterArn],
          status: ['ACTIVE'],
          agentConnected: [true],
          runningTasksCount: [0],
          pendingTasksCount: [0],
        },
      },
      targets,
    });
    // The event names only the machine: those of other runs in the account wake this monitor too, for nothing.
    const interrupted = new Rule(this, 'SpotInterruption', {
      description: 'AWS takes a Spot machine back in two minutes',
      eventPattern: { source: ['aws.ec2'], detailType: ['EC2 Spot Instance Interruption Warning'] },
      targets,
    });
    return [machineReady, interrupted].map((rule) => rule.node.defaultChild as CfnRule);
  }
}

/** Lambda sets the region itself, and lets nobody else. */
function environmentOf(settings: MonitorSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(toEnvironment(settings)).filter(([name]) => name !== 'AWS_REGION'),
  );
}

/** What the stack's two functions share: ARM costs a fifth less, and the bundle brings its own SDK. */
export function lambdaDefaults(bundle: Artifact) {
  return {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(bundle.folder, { assetHash: bundle.digest, assetHashType: AssetHashType.CUSTOM }),
  } as const;
}
