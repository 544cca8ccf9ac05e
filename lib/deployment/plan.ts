/** What `deploy` will make, and what it costs, in plain words. */
import type { Config, Derived } from '../config/index.ts';
import { plural } from '../plural.ts';
import { besideTheMachine, idleCosts, sum } from './costs.ts';
import { dollars, listed } from './words.ts';

/** One line each: what it is, and what it is called. */
export function whatWillExist(config: Config, derived: Derived): string[] {
  return [
    `a queue for jobs, ${config.SQS_QUEUE_NAME}${
      derived.deadLetterQueueExists
        ? `; jobs that keep failing go to your queue ${derived.deadLetterQueueName}`
        : `, and one for jobs that keep failing, ${derived.deadLetterQueueName}`
    }`,
    machines(config, derived),
    `${derived.clusterExists ? 'your' : 'an'} ECS cluster, ${config.ECS_CLUSTER}${derived.clusterExists ? ', which they join' : ''}; ${config.VPC_ID === undefined ? 'a network of their own' : `your network, ${config.VPC_ID}`}`,
    config.AUTO_MONITOR
      ? `a monitor, ${derived.monitorFunctionName}, that looks each minute and starts and ends them`
      : 'no monitor (AUTO_MONITOR: false): machines come while you keep npm run monitor open',
    `logs, kept for ${plural(config.LOG_RETENTION_DAYS, 'day')}: ${config.LOG_GROUP_NAME} and ${derived.machineLogGroupName}`,
    `${config.CREATE_DASHBOARD ? `a dashboard in CloudWatch${config.CLEAN_DASHBOARD ? ' while jobs are there' : ''}, ${derived.dashboardName}, and ` : ''}alarms${
      config.NOTIFY_EMAIL === undefined ? '' : `, with mail to ${config.NOTIFY_EMAIL}`
    }`,
  ];
}

function machines(config: Config, derived: Derived): string {
  const { CLUSTER_MACHINES: most, ON_DEMAND_MACHINES: onDemand, TASKS_PER_MACHINE: tasks } = config;
  const bought = Math.min(onDemand, most);
  const kind =
    bought === 0
      ? 'all Spot'
      : bought === most
        ? 'all On-Demand'
        : `${String(bought)} On-Demand, the rest Spot`;
  return `at most ${plural(most, 'machine')} (${kind}; ${listed(config.MACHINE_TYPE).replace(/ and (?=[^ ]*$)/, ' or ')}), ${
    tasks === 1 ? 'one job' : plural(tasks, 'job')
  } at a time on each: ${plural(derived.maxTasks, 'job')} at once`;
}

/** What it costs: idle by the month, at work by the hour. Prices of us-east-1; the Spot cap is the user's own. */
export function whatItCosts(config: Config): string[] {
  const idle = idleCosts(config);
  return [
    `while nothing runs: no machine; ${dollars(sum(idle))} a month at most (less in an account that uses little else)`,
    hourly(config),
    'docs/costs.md has each figure with its source',
  ];
}

function hourly(config: Config): string {
  const { MACHINE_PRICE: price, CLUSTER_MACHINES: most, ON_DEMAND_MACHINES: onDemand } = config;
  const beside = besideTheMachine(config);
  const spot = Math.max(0, most - onDemand);
  const parts = [];
  if (spot > 0) {
    parts.push(
      `a Spot machine at most ${dollars(price, 4)} an hour (MACHINE_PRICE), and ${cents(beside)} for its disks${config.ASSIGN_IP ? ' and address' : ''}: ${dollars(spot * (price + beside))} an hour at most for all ${String(spot)}`,
    );
  }
  if (onDemand > 0) {
    parts.push(
      `On-Demand machines (${String(Math.min(onDemand, most))}) at AWS's price for their type, which MACHINE_PRICE does not bind`,
    );
  }
  return `while jobs run: ${parts.join('; ')}`;
}

/** Less than a dollar, to a tenth of a cent. */
function cents(amount: number): string {
  return `${(amount * 100).toFixed(1)} cents`;
}
