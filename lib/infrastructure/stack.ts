/** One run in AWS: everything that `cdk deploy` makes and `cdk destroy` removes. */
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type Config, derive } from '../config/index.ts';
import { type DeployedSettings, type MonitorSettings, SETTINGS_OUTPUT } from '../monitor/settings.ts';
import { appPrefix } from '../records/record.ts';
import { Alarms } from './alarms.ts';
import type { Artifacts } from './artifacts.ts';
import { BILL_TAG } from './bill-tag.ts';
import { Cleanup } from './cleanup/cleanup.ts';
import { Cluster } from './cluster.ts';
import { Dashboard } from './dashboard.ts';
import { Logs } from './logs.ts';
import { Machines } from './machines.ts';
import { Mail } from './mail.ts';
import { Monitor } from './monitor.ts';
import { Network } from './network.ts';
import { arnsOf } from './permissions/arns.ts';
import { refusePlaceholders } from './placeholders.ts';
import { JobQueue, RETENTION_DAYS } from './queue.ts';
import { WorkerTask } from './task.ts';
import { workerOnMachine } from './worker-on-machine.ts';

export class DistributedFijiStack extends Stack {
  constructor(scope: Construct, config: Config, artifacts: Artifacts, props: StackProps = {}) {
    const derived = derive(config);
    super(scope, derived.stackName, { description: `Distributed-Fiji: ${config.APP_NAME}`, ...props });
    Tags.of(this).add(BILL_TAG, config.APP_NAME);
    refusePlaceholders(this, config);

    const logs = new Logs(this, 'Logs', config, derived);
    const jobs = new JobQueue(this, 'Queue', config, derived);
    const network = new Network(this, 'Network', config);
    const cluster = new Cluster(this, 'Cluster', config, derived);
    const arns = arnsOf(this, config, derived, cluster.arn);
    const worker = workerOnMachine(config, derived, artifacts);
    const common = { config, derived, arns };

    const task = new WorkerTask(this, 'Task', { ...common, jobs, logGroup: logs.jobs, worker });
    const machines = new Machines(this, 'Machines', {
      ...common,
      network,
      cluster,
      logGroup: logs.machines,
      artifacts,
      worker,
    });
    const monitorsDashboard =
      config.CREATE_DASHBOARD && config.CLEAN_DASHBOARD ? derived.dashboardName : undefined;
    const cleanup = new Cleanup(this, 'CleanUp', {
      ...common,
      cluster,
      machines,
      network,
      task,
      jobs,
      dashboard: monitorsDashboard,
      logGroup: logs.cleanup,
      bundle: artifacts.cleanup,
    });
    if (config.CREATE_DASHBOARD && !config.CLEAN_DASHBOARD) {
      const dashboard = new Dashboard(this, 'Dashboard', config, derived);
      dashboard.node.addDependency(cleanup); // which takes the monitor's away, where there was one
    }
    const mail = new Mail(this, 'Mail', config);

    const memoryKey = `${appPrefix(config.APP_NAME)}monitor.json`;
    const settings: MonitorSettings = {
      ...monitorLimits(config),
      SQS_QUEUE_URL: jobs.queue.queueUrl,
      DEAD_LETTER_QUEUE_URL: jobs.deadLetters.queueUrl,
      ECS_CLUSTER: cluster.name,
      CLUSTER_IS_SHARED: derived.clusterExists,
      AUTO_SCALING_GROUP: machines.group.autoScalingGroupName,
      TASK_DEFINITION: task.definitionArn,
      WORKER_DIGEST: worker.digest,
      MONITOR_MEMORY: `s3://${config.DESTINATION_BUCKET}/${memoryKey}`,
      TOPIC_ARN: mail.topic?.topicArn,
      DASHBOARD_NAME: monitorsDashboard,
    };
    if (config.AUTO_MONITOR) {
      new Monitor(this, 'Monitor', {
        config,
        arns,
        settings,
        functionName: derived.monitorFunctionName,
        bundle: artifacts.monitor,
        queueArns: { jobs: jobs.queue.queueArn, deadLetters: jobs.deadLetters.queueArn },
        logGroup: logs.monitor,
        taskRoleArns: task.roleArns,
        memoryKey,
        recordsPrefix: appPrefix(config.APP_NAME),
        calledAfter: cleanup,
      });
    }
    const alarms = new Alarms(this, 'Alarms', { config, derived, jobs, topic: mail.topic });
    alarms.node.addDependency(cleanup); // removed before it, or it would be an alarm that the monitor is silent
    this.output({ ...settings, SOURCE: `s3://${config.SOURCE_BUCKET}`, NETWORK: network.vpc.vpcId }, jobs);
  }

  private output(settings: DeployedSettings, jobs: JobQueue): void {
    new CfnOutput(this, SETTINGS_OUTPUT, {
      description: 'What the commands on your computer read (npm run monitor, deploy, destroy)',
      value: this.toJsonString(settings),
    });
    new CfnOutput(this, 'QueueUrl', {
      description: 'The queue that jobs wait in',
      value: jobs.queue.queueUrl,
    });
    new CfnOutput(this, 'DeadLetterQueueUrl', {
      description: 'The queue of jobs that have failed for good',
      value: jobs.deadLetters.queueUrl,
    });
  }
}

/** The part of the monitor's settings that stands in the config. */
function monitorLimits(config: Config) {
  return {
    APP_NAME: config.APP_NAME,
    AWS_REGION: config.AWS_REGION,
    DESTINATION: `s3://${config.DESTINATION_BUCKET}`,
    CLUSTER_MACHINES: config.CLUSTER_MACHINES,
    TASKS_PER_MACHINE: config.TASKS_PER_MACHINE,
    ON_DEMAND_MACHINES: config.ON_DEMAND_MACHINES,
    MEMORY: config.MEMORY,
    WORKER_IDLE_SECONDS: config.WORKER_IDLE_SECONDS,
    MACHINE_START_MINUTES: config.MACHINE_START_MINUTES,
    FAILURES_BEFORE_PAUSE: config.FAILURES_BEFORE_PAUSE,
    STALLED_AFTER_MINUTES: config.STALLED_AFTER_MINUTES,
    RETENTION_DAYS,
  } as const;
}
