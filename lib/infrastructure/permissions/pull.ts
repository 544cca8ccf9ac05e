/** Pulling the user's image from a registry of AWS: the machine does it beforehand, ECS when it must. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import { allow } from './statement.ts';

export function pullStatements(arns: Arns): PolicyStatement[] {
  if (arns.repository === undefined) return [];
  return [
    // AWS: the login to a registry takes no resource.
    allow('LogInToEcr', ['ecr:GetAuthorizationToken'], ['*']),
    allow(
      'PullImage',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [arns.repository],
    ),
  ];
}
