/**
 * Does what was decided, each thing with its own call and none stopping the others: a mail that cannot be sent must
 * not keep machines running. What failed is raised at the end, and decided anew at the next look.
 */
import { PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DeregisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DistributedFijiError, messageOf } from '../../errors.ts';
import { dashboardBody } from '../dashboard.ts';
import type { Action, Mail } from '../state.ts';
import type { Acting, Results } from './acting.ts';
import { endMachines, resumeLaunching, setDesired, suspendRebalancing } from './group.ts';
import { removeDashboard } from './remove-dashboard.ts';
import { startTasks } from './tasks.ts';

/** Some of what was decided could not be done. */
export class MonitorActionError extends DistributedFijiError {
  constructor(errors: readonly unknown[]) {
    super(
      `${errors.length} of the monitor's actions failed:\n${errors.map((error) => `  - ${messageOf(error)}`).join('\n')}`,
      {
        code: 'MONITOR_FAILED',
        fault: 'environment',
        fix: 'The next look, a minute later, tries again. If it stays, look the message up in the AWS documentation.',
        cause: errors[0],
      },
    );
  }
}

export async function act(acting: Acting, actions: readonly Action[]): Promise<Results> {
  const results = {
    placed: [] as string[],
    misfit: undefined as Results['misfit'],
    spared: [] as string[],
    unsent: [] as string[],
  };
  const errors: unknown[] = [];

  for (const action of actions) {
    try {
      const partly = await perform(acting, action);
      results.placed.push(...(partly.placed ?? []));
      results.misfit ??= partly.misfit;
      results.spared.push(...(partly.spared ?? []));
      errors.push(...(partly.errors ?? []));
    } catch (error) {
      errors.push(error);
      if (action.kind === 'mail') results.unsent.push(action.mail.key);
    }
  }
  return { ...results, errors };
}

async function perform(acting: Acting, action: Action): Promise<Partial<Results>> {
  const { aws, settings, say } = acting;
  switch (action.kind) {
    case 'suspend rebalancing':
      return suspendRebalancing(acting);
    case 'resume launching':
      return resumeLaunching(acting, action);
    case 'deregister':
      await aws.ecs.send(
        new DeregisterContainerInstanceCommand({
          cluster: settings.ECS_CLUSTER,
          containerInstance: action.node,
          force: true,
        }),
      );
      say(`took ${action.machine}, which is gone, out of the cluster`);
      return {};
    case 'set desired':
      return setDesired(acting, action);
    case 'end machines':
      return endMachines(acting, action);
    case 'start tasks':
      return startTasks(acting, action.tasks);
    case 'mail':
      await send(acting, action.mail);
      return {};
    case 'put dashboard':
      await aws.cloudWatch.send(
        new PutDashboardCommand({ DashboardName: action.name, DashboardBody: dashboardBody(settings) }),
      );
      return {};
    case 'remove dashboard':
      await removeDashboard(action.name, aws.cloudWatch);
      say(`removed the dashboard ${action.name}`);
      return {};
  }
}

async function send({ aws, settings, say }: Acting, { subject, body }: Mail): Promise<void> {
  say(`${settings.TOPIC_ARN === undefined ? 'news' : 'mail'}: ${subject}\n${body}`);
  if (settings.TOPIC_ARN === undefined) return;
  await aws.sns.send(new PublishCommand({ TopicArn: settings.TOPIC_ARN, Subject: subject, Message: body }));
}
