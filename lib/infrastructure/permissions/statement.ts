/**
 * Who may do what: every statement of every role, by hand, since grants of constructs come with wildcards; a file for
 * each part that has a role. An action on `*` is one for which AWS knows no narrower resource; each says so.
 */
import {
  Effect,
  type IPrincipal,
  PolicyStatement,
  type PolicyStatementProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';

export const allow = (
  sid: string,
  actions: string[],
  resources: string[],
  rest: PolicyStatementProps = {},
): PolicyStatement => new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources, ...rest });

/** A service that acts for many accounts at once may do it for things of our own account alone. */
export const serviceFor = (stack: Stack, name: 'cloudwatch' | 'ecs-tasks' | 'scheduler'): IPrincipal =>
  new ServicePrincipal(`${name}.amazonaws.com`, {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  });
