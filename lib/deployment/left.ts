/** What is left of a run that is to be removed: its stack, jobs, failed jobs, machines. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { plural } from '../plural.ts';
import type { Asked } from './checks/check.ts';
import { removableState } from './checks/stack-state.ts';
import { once, unanswered, type Finding } from './finding.ts';
import { borrowed, resourcesOf, type Borrowed, type Resource } from './resources.ts';
import { countJobs, findQueue, seeMachines, type Jobs } from './run.ts';
import { seeStack, type DeployedStack } from './stack.ts';

export interface Left {
  /** Undefined when AWS did not say. */
  readonly jobs: Jobs | undefined;
  /** Messages in the dead-letter queue. Undefined when AWS did not say. */
  readonly deadLetters: number | undefined;
  readonly machines: number;
}

export interface SeenRun {
  readonly account: string | undefined;
  /** Undefined when there is none. */
  readonly stack: DeployedStack | undefined;
  /** Undefined when AWS did not say. */
  readonly resources: readonly Resource[] | undefined;
  readonly borrowed: Borrowed;
  readonly left: Left;
  readonly findings: readonly Finding[];
}

const NONE: Jobs = { waiting: 0, running: 0 };

/** Never throws for what AWS says: each refusal is a finding. */
export async function lookAtRun(asked: Asked): Promise<SeenRun> {
  const { config, derived, aws } = asked;
  const findings: Finding[] = [];
  const answer = async <T>(doing: string, question: () => Promise<T>): Promise<T | undefined> =>
    question().catch((error: unknown) => {
      findings.push(unanswered(error, doing));
      return undefined;
    });

  const [account, stack] = await Promise.all([
    answer(
      'Looking who you are to AWS',
      async () => (await aws.sts.send(new GetCallerIdentityCommand({}))).Account,
    ),
    seeStack(aws.cloudFormation, derived.stackName).catch((error: unknown) => {
      // Without it there is no telling what would be removed.
      findings.push({ ...unanswered(error, `Looking at the stack ${derived.stackName}`), kind: 'problem' });
      return undefined;
    }),
  ]);
  if (stack !== undefined) findings.push(...removableState(stack, config.AWS_REGION));
  const group = stack?.made?.AUTO_SCALING_GROUP;
  const [jobs, dead, machines, resources] =
    stack === undefined
      ? [NONE, NONE, undefined, []]
      : await Promise.all([
          answer('Counting the jobs', () => count(asked, stack.made?.SQS_QUEUE_URL, config.SQS_QUEUE_NAME)),
          answer('Counting the jobs that failed', () =>
            count(asked, stack.made?.DEAD_LETTER_QUEUE_URL, derived.deadLetterQueueName),
          ),
          answer('Counting the machines', async () =>
            group === undefined ? undefined : seeMachines(aws, group),
          ),
          answer('Looking what the stack holds', () => resourcesOf(aws.cloudFormation, stack.id)),
        ]);
  return {
    account,
    stack,
    resources,
    borrowed: borrowed(stack ?? { made: undefined }, resources, config, derived),
    left: {
      jobs,
      deadLetters: dead && dead.waiting + dead.running,
      machines: machines?.there ?? 0,
    },
    findings: once(findings),
  };
}

/** By its address; of a stack that is half made, by its name. */
async function count({ aws }: Asked, known: string | undefined, name: string): Promise<Jobs> {
  const url = known ?? (await findQueue(aws.sqs, name));
  return (url === undefined ? undefined : await countJobs(aws.sqs, url)) ?? NONE;
}

/** A line for each; none when nothing would be lost. SQS's counts are approximate. */
export function whatWouldBeLost(
  { jobs, deadLetters, machines }: Left,
  { deadLetters: staying }: Borrowed,
): string[] {
  const lines = [];
  if (jobs === undefined) lines.push('jobs that could not be counted');
  if (jobs !== undefined && jobs.waiting > 0) {
    lines.push(`${plural(jobs.waiting, 'job')} in the queue, not begun or to be tried again`);
  }
  if (jobs !== undefined && jobs.running > 0) {
    lines.push(
      `${plural(jobs.running, 'job')} running${machines > 0 ? ` on ${plural(machines, 'machine')}` : ''}`,
    );
  }
  if (staying !== undefined || deadLetters === 0) return lines;
  lines.push(
    deadLetters === undefined
      ? 'failed jobs that could not be counted'
      : `${plural(deadLetters, 'job')} in the dead-letter queue, with the reasons why ${deadLetters === 1 ? 'it' : 'they'} failed`,
  );
  return lines;
}
