/** The ECS cluster that the machines join: our own, or the user's. */
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';

export class Cluster extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config, derived: Derived) {
    super(scope, id);
    if (derived.clusterExists) {
      this.name = config.ECS_CLUSTER;
      this.arn = Stack.of(this).formatArn({
        service: 'ecs',
        resource: 'cluster',
        resourceName: config.ECS_CLUSTER,
      });
      return;
    }
    // Insights cost money for each metric, and leave a log group behind when the cluster goes.
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: config.ECS_CLUSTER,
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    this.name = cluster.ref;
    this.arn = cluster.attrArn;
  }
}
