/** What deploy says will exist is what the config makes, and what it says of costs is what the config allows. */
import { expect, test } from '@jest/globals';
import { type ConfigInput, derive, parseConfig } from '../../lib/config/index.ts';
import { whatItCosts, whatWillExist } from '../../lib/deployment/plan.ts';
import { whatIsKept, whatWasRemoved } from '../../lib/deployment/removal.ts';
import { borrowed } from '../../lib/deployment/resources.ts';

const base: ConfigInput = {
  APP_NAME: 'Plates',
  AWS_BUCKET: 'plates',
  SCRIPT_DOWNLOAD_URL: 'https://example.org/s.py',
};

function told(over: ConfigInput): string {
  const config = parseConfig({ ...base, ...over });
  return [...whatWillExist(config, derive(config)), ...whatItCosts(config)].join('\n');
}

test('the defaults, line by line', () => {
  expect(told({}).split('\n')).toEqual([
    'a queue for jobs, PlatesQueue, and one for jobs that keep failing, PlatesDeadMessages',
    'at most 3 machines (all Spot; m5.large, m5a.large, m6a.large or m6i.large), one job at a time on each: 3 jobs at once',
    'an ECS cluster, Plates; a network of their own',
    'a monitor, PlatesMonitor, that looks each minute and starts and ends them',
    'logs, kept for 60 days: Plates and Plates_perInstance',
    'a dashboard in CloudWatch while jobs are there, Plates, and alarms',
    'while nothing runs: no machine; $1.01 a month at most (less in an account that uses little else)',
    'while jobs run: a Spot machine at most $0.10 an hour (MACHINE_PRICE), and 1.2 cents for its disks and address: $0.33 an hour at most for all 3',
    'docs/costs.md has each figure with its source',
  ]);
});

test('a dashboard that stays is paid while nothing runs', () => {
  const text = told({ CLEAN_DASHBOARD: false });
  expect(text).toContain('a dashboard in CloudWatch, Plates, and alarms');
  expect(text).toContain('no machine; $4.01 a month at most (less');
});

test("what is the user's own is told as that", () => {
  const text = told({
    SQS_DEAD_LETTER_QUEUE: 'Failed',
    USE_EXISTING_DEAD_LETTER_QUEUE: true,
    ECS_CLUSTER: 'ours',
    USE_EXISTING_CLUSTER: true,
    VPC_ID: 'vpc-0123456789abcdef0',
    AUTO_MONITOR: false,
    CREATE_DASHBOARD: false,
    NOTIFY_EMAIL: 'you@example.org',
    ASSIGN_IP: false,
  });
  expect(text).toContain('PlatesQueue; jobs that keep failing go to your queue Failed');
  expect(text).toContain('your ECS cluster, ours, which they join; your network, vpc-0123456789abcdef0');
  expect(text).toContain(
    'no monitor (AUTO_MONITOR: false): machines come while you keep npm run monitor open',
  );
  expect(text).toContain('alarms, with mail to you@example.org');
  expect(text).toContain('$0.40 a month at most (less');
  expect(text).toContain('0.7 cents for its disks:');
  expect(text).not.toContain('dashboard');
});

test('machines: how many jobs at once, what MACHINE_PRICE binds, and what it does not', () => {
  const mixed = told({
    CLUSTER_MACHINES: 100,
    ON_DEMAND_MACHINES: 10,
    MACHINE_TYPE: 'm5.4xlarge',
    TASKS_PER_MACHINE: 4,
  });
  expect(mixed).toContain(
    'at most 100 machines (10 On-Demand, the rest Spot; m5.4xlarge), 4 jobs at a time on each: 400 jobs at once',
  );
  expect(mixed).toContain('$10.04 an hour at most for all 90; On-Demand machines (10) at AWS');
  const dear = told({ CLUSTER_MACHINES: 2, ON_DEMAND_MACHINES: 2, MACHINE_PRICE: 0.0375 });
  expect(dear).toContain('(all On-Demand; ');
  expect(dear).not.toContain('MACHINE_PRICE)');
  expect(told({ CLUSTER_MACHINES: 1, MACHINE_PRICE: 0.0375 })).toContain('at most $0.0375 an hour');
});

test('what was removed is counted, and named where people know the name', () => {
  const address = 'https://sqs.us-east-1.amazonaws.com/123456789012/';
  const lines = whatWasRemoved(
    [
      { type: 'AWS::SQS::Queue', id: `${address}PlatesQueue` },
      { type: 'AWS::SQS::Queue', id: `${address}PlatesDeadMessages` },
      { type: 'AWS::AutoScaling::AutoScalingGroup', id: 'Plates-MachinesGroup-1' },
      { type: 'AWS::CloudWatch::Alarm', id: 'Plates-Alarm-1' },
      { type: 'AWS::IAM::Role', id: 'Plates-Role-1' },
    ],
    2,
  );
  expect(lines).toEqual([
    'the group of machines, with 2 machines',
    '2 queues: PlatesDeadMessages and PlatesQueue',
    '1 alarm',
    '1 part of these: roles, subnets, rules and the like',
  ]);
});

test('what is kept: results always, and what was there before', () => {
  const kept = (over: ConfigInput): string[] => {
    const config = parseConfig({ ...base, ...over });
    return whatIsKept(config, borrowed({ made: undefined }, undefined, config, derive(config)), 3);
  };
  expect(kept({})).toEqual([
    'your results, with records and job logs (distributed-fiji/Plates/), in s3://plates',
    "what npx cdk bootstrap made, and the worker's files there: other deployments use it",
  ]);
  expect(
    kept({
      SOURCE_BUCKET: 'images',
      SQS_DEAD_LETTER_QUEUE: 'arn:aws:sqs:us-east-1:123456789012:Failed',
      ECS_CLUSTER: 'default',
      VPC_ID: 'vpc-0123456789abcdef0',
    }),
  ).toEqual(
    expect.arrayContaining([
      'your images in s3://images',
      'your queue Failed, with 3 messages',
      'your cluster default',
      'your network vpc-0123456789abcdef0',
    ]),
  );
});

test('what is kept is told from what was deployed, not from a config that has changed since', () => {
  const changed = parseConfig({
    ...base,
    SQS_DEAD_LETTER_QUEUE: 'Failed',
    USE_EXISTING_DEAD_LETTER_QUEUE: true,
    ECS_CLUSTER: 'default',
    VPC_ID: 'vpc-0123456789abcdef0',
  });
  const address = 'https://sqs.us-east-1.amazonaws.com/123456789012/';
  const made = { DEAD_LETTER_QUEUE_URL: `${address}PlatesDeadMessages`, ECS_CLUSTER: 'Plates' };
  const own = [
    { type: 'AWS::SQS::Queue', id: made.DEAD_LETTER_QUEUE_URL },
    { type: 'AWS::ECS::Cluster', id: 'Plates' },
    { type: 'AWS::EC2::VPC', id: 'vpc-1' },
  ];
  const nothing = { deadLetters: undefined, cluster: undefined, network: undefined };
  expect(borrowed({ made }, own, changed, derive(changed))).toEqual(nothing);

  const now = parseConfig(base);
  const theirs = {
    DEAD_LETTER_QUEUE_URL: `${address}Failed`,
    ECS_CLUSTER: 'arn:aws:ecs:us-east-1:123456789012:cluster/ours',
  };
  expect(borrowed({ made: theirs }, own.slice(0, 1), now, derive(now))).toEqual({
    ...nothing,
    deadLetters: 'Failed',
    cluster: 'ours',
  });
});
