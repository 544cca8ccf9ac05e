/** Starting workers: standalone tasks, ten a call, packed so that machines fill up and others stay empty. */
import { RunTaskCommand, type Failure } from '@aws-sdk/client-ecs';
import { explainAwsError } from '../../aws/aws-error.ts';
import { messageOf } from '../../errors.ts';
import { chunks, eachOf } from '../aws.ts';
import type { WorkerSettings } from '../../worker/settings.ts';
import { deploymentOf, startedBy, WORKER_CONTAINER, type MonitorSettings } from '../settings.ts';
import type { Acting, Results } from './acting.ts';

/** What RunTask takes in one call, and how many calls run at once. */
const A_CALL = 10;
const AT_ONCE = 4;

export async function startTasks(acting: Acting, tasks: number): Promise<Partial<Results>> {
  const calls = chunks(Array.from({ length: tasks }), A_CALL).map(({ length }, index) => ({
    count: length,
    index,
  }));
  const failures: Failure[] = [];
  const errors: unknown[] = [];
  const placed: string[] = [];

  await eachOf(calls, AT_ONCE, async ({ count, index }) => {
    // Once there is no room left there is none for the rest either.
    if (failures.length > 0 || errors.length > 0) return;
    try {
      const answer = await run(acting, count, index);
      placed.push(...answer.placed);
      failures.push(...answer.failures);
    } catch (error) {
      errors.push(error);
    }
  });

  const reason = failures[0]?.reason;
  const started = placed.length;
  if (started > 0) acting.say(`started ${started} of ${tasks} workers`);
  if (reason !== undefined)
    acting.say(`ECS found no place for ${tasks - started} workers: ${reasons(failures)}`);
  return { placed, errors, ...(started === 0 && { misfit: misfitOf(failures, errors) }) };
}

function misfitOf(failures: readonly Failure[], errors: readonly unknown[]): Results['misfit'] {
  if (failures.length > 0) return { reason: mostFrequent(failures) };
  const refusal = errors.find(isRefusal);
  return refusal === undefined ? undefined : { reason: messageOf(refusal), refused: true };
}

/** ECS would answer the same again: not what is too busy, out of order or out of reach. */
function isRefusal(error: unknown): boolean {
  const { httpStatusCode: status = 0 } =
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return status >= 400 && status < 500 && explainAwsError(error, '').trouble !== 'too busy';
}

async function run(
  { aws, settings, token }: Acting,
  count: number,
  index: number,
): Promise<{ placed: string[]; failures: Failure[] }> {
  const { tasks = [], failures = [] } = await aws.ecs.send(
    new RunTaskCommand({
      cluster: settings.ECS_CLUSTER,
      taskDefinition: settings.TASK_DEFINITION,
      launchType: 'EC2',
      count,
      startedBy: startedBy(settings),
      clientToken: `${token}-${index}`,
      placementStrategy: [{ type: 'binpack', field: 'memory' }],
      propagateTags: 'TASK_DEFINITION',
      overrides: { containerOverrides: [{ name: WORKER_CONTAINER, environment: whoseWorker(settings) }] },
    }),
  );
  return { placed: tasks.map(({ containerInstanceArn = '' }) => containerInstanceArn), failures };
}

/** By this a worker learns, between two jobs, that a newer deployment wants its place. */
function whoseWorker(settings: MonitorSettings): { name: string; value: string }[] {
  const told = {
    DEPLOYMENT: deploymentOf(settings),
    DEPLOYMENT_IN: settings.MONITOR_MEMORY,
  } satisfies Partial<WorkerSettings>;
  return Object.entries(told).map(([name, value]) => ({ name, value }));
}

function mostFrequent(failures: readonly Failure[]): string {
  const counts = Map.groupBy(failures, ({ reason = 'no reason given' }) => reason);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 'no reason given';
}

function reasons(failures: readonly Failure[]): string {
  return [...new Set(failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(' ')))].join(
    ', ',
  );
}
