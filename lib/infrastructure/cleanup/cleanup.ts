/** The clean-up resource: removed first, it empties the group and the cluster, so that `cdk destroy` always completes. */
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../../config/index.ts';
import { MACHINE_ATTRIBUTES } from '../../monitor/settings.ts';
import type { Artifact } from '../artifact.ts';
import type { Cluster } from '../cluster.ts';
import type { Machines } from '../machines.ts';
import { lambdaDefaults } from '../monitor.ts';
import type { Network } from '../network.ts';
import type { Arns } from '../permissions/arns.ts';
import { cleanupStatements } from '../permissions/cleanup.ts';
import type { JobQueue } from '../queue.ts';
import type { WorkerTask } from '../task.ts';
import type { CleanupProperties } from './handler.ts';

export interface CleanupProps {
  readonly config: Config;
  readonly derived: Derived;
  readonly arns: Arns;
  readonly cluster: Cluster;
  readonly machines: Machines;
  readonly network: Network;
  readonly task: WorkerTask;
  readonly jobs: JobQueue;
  /** One that the monitor puts. */
  readonly dashboard: string | undefined;
  readonly logGroup: ILogGroup;
  readonly bundle: Artifact;
}

export class Cleanup extends Construct {
  constructor(scope: Construct, id: string, props: CleanupProps) {
    super(scope, id);
    const { config, derived, arns, cluster, machines, network, task, jobs, dashboard, logGroup, bundle } =
      props;
    const group = machines.group.autoScalingGroupName;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: cleanupStatements(arns, {
        group,
        logGroup: logGroup.logGroupArn,
      }),
    });
    // CDK's own provider framework would leave log groups behind, and needs more functions.
    const handler = new Lambda(this, 'Function', {
      description: `Ends the machines of ${config.APP_NAME} when the run is removed`,
      ...lambdaDefaults(bundle),
      memorySize: 256,
      timeout: Duration.minutes(15), // a machine takes one to three minutes to end
      role,
      logGroup,
    });
    const properties: CleanupProperties = {
      Group: group,
      Cluster: cluster.name,
      TaskFamily: derived.taskFamily,
      Machines: derived.clusterExists ? `attribute:${MACHINE_ATTRIBUTES.app} == ${config.APP_NAME}` : '',
      Dashboard: dashboard ?? '',
    };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.functionArn,
      resourceType: 'Custom::EmptyFleet',
      properties,
      serviceTimeout: Duration.minutes(16),
    });
    // What it needs to do its work goes after it, and what workers need to give their jobs back: the way to AWS, their
    // roles, their queues. A gateway with machines behind it cannot go either.
    resource.node.addDependency(policy, machines, cluster, network, task, jobs);
  }
}
