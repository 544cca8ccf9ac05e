/** Names of what roles are allowed to touch. */
import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib/core';
import type { Config, Derived } from '../../config/index.ts';
import { ecrRepository } from '../image.ts';

/** ARNs that several roles name, of things that exist or have names of our choosing. */
export function arnsOf(stack: Stack, config: Config, derived: Derived, clusterArn: string) {
  const ecs = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'ecs', resource, resourceName });
  const bucket = (name: string): string =>
    Arn.format({ service: 's3', region: '', account: '', resource: name }, stack);
  return {
    cluster: clusterArn,
    containerInstances: ecs('container-instance', `${config.ECS_CLUSTER}/*`),
    tasks: ecs('task', `${config.ECS_CLUSTER}/*`),
    /** Every revision: a monitor of the last deployment may start a task at this moment. */
    taskDefinitions: ecs('task-definition', `${derived.taskFamily}:*`),
    source: bucket(config.SOURCE_BUCKET),
    destination: bucket(config.DESTINATION_BUCKET),
    script: scriptObject(config, bucket),
    /** AWS puts an id in the middle that nobody knows beforehand. */
    group: (name: string): string =>
      stack.formatArn({
        service: 'autoscaling',
        resource: 'autoScalingGroup:*:autoScalingGroupName',
        resourceName: name,
      }),
    dashboard: stack.formatArn({
      service: 'cloudwatch',
      region: '',
      resource: 'dashboard',
      resourceName: derived.dashboardName,
    }),
    secret: secretArn(stack, config),
    repository: repositoryArn(stack, config),
  };
}
export type Arns = ReturnType<typeof arnsOf>;

/** A script in S3 may lie in any bucket; in those of images and results it needs no statement of its own. */
function scriptObject(config: Config, bucket: (name: string) => string): string[] {
  const [, name, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(config.SCRIPT_DOWNLOAD_URL) ?? [];
  if (name === undefined || key === undefined) return [];
  return [config.SOURCE_BUCKET, config.DESTINATION_BUCKET].includes(name) ? [] : [`${bucket(name)}/${key}`];
}

/** A secret's ARN ends in six characters that its name does not tell. */
function secretArn(stack: Stack, config: Config): string | undefined {
  const secret = config.DOCKER_CREDENTIALS_SECRET;
  if (secret === undefined || secret.startsWith('arn:')) return secret;
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secret}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function repositoryArn(stack: Stack, config: Config): string | undefined {
  const repository = ecrRepository(config);
  if (repository === undefined) return undefined;
  const { account, region, name } = repository;
  return stack.formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName: name });
}
