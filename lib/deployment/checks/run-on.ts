/** Deploying while a run is on: allowed, except for what would cost jobs, or the reasons of those that failed. */
import { bucketAndKey } from '../../monitor/settings.ts';
import { plural } from '../../plural.ts';
import type { Finding } from '../finding.ts';
import { holdsQueue, lastPart, resourcesOf, type Resource } from '../resources.ts';
import { countJobs, seeMachines, type Jobs, type Machines } from '../run.ts';
import type { DeployedStack } from '../stack.ts';
import type { Asked, Check, Known } from './check.ts';

export function runOn(asked: Asked, { stack }: Known): Check[] {
  const made = stack?.found?.made;
  if (stack?.found === undefined || made === undefined) return [];
  const { name, id } = stack.found;
  const { SQS_QUEUE_URL: queue, AUTO_SCALING_GROUP: group } = made;
  // More than one question wants them.
  const machinesThere = shared(async () => (group === undefined ? undefined : seeMachines(asked.aws, group)));
  const resources = shared(() => resourcesOf(asked.aws.cloudFormation, id));
  const look = async (): Promise<Finding[]> => {
    const [jobs, machines] = await Promise.all([
      queue === undefined ? undefined : countJobs(asked.aws.sqs, queue),
      machinesThere(),
    ]);
    return [
      ...fewerMachines(asked, machines),
      ...otherQueue(asked, made, jobs),
      ...otherBuckets(asked, made, jobs, machines),
      ...otherCluster(asked, made, machines),
      ...goesOn(jobs, machines),
    ];
  };
  return [
    { doing: `Looking whether a run of ${name} is on`, look },
    {
      doing: 'Looking whether failed jobs would be removed with their queue',
      look: () => otherDeadLetters(asked, made, resources),
    },
    {
      doing: 'Looking whether machines would have to move to another network',
      look: async () => otherNetwork(asked, made, await resources(), await machinesThere()),
    },
  ];
}

/** Asks once, whoever wants the answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

/** A maximum below what is wanted makes AWS end machines at once, whatever runs on them. */
function fewerMachines({ config }: Asked, machines: Machines | undefined): Finding[] {
  const wanted = Math.max(machines?.desired ?? 0, machines?.there ?? 0);
  const over = wanted - config.CLUSTER_MACHINES;
  if (machines === undefined || over <= 0) return [];
  return [
    {
      kind: 'risk',
      message: `CLUSTER_MACHINES is ${String(config.CLUSTER_MACHINES)}, and ${plural(wanted, 'machine')} are at work: AWS would end ${over === 1 ? 'one of them at once, in the middle of its job' : `${String(over)} of them at once, in the middle of their jobs`}.`,
      fix: `Wait until the run is over, or write CLUSTER_MACHINES: ${String(wanted)}; with --force the interrupted jobs begin anew elsewhere.`,
    },
  ];
}

type Made = NonNullable<DeployedStack['made']>;

function otherQueue({ config }: Asked, { SQS_QUEUE_URL: url }: Made, jobs: Jobs | undefined): Finding[] {
  const old = url && lastPart(url);
  if (old === undefined || old === config.SQS_QUEUE_NAME || jobs === undefined) return [];
  const lost = jobs.waiting + jobs.running;
  if (lost === 0) return [];
  return [
    {
      kind: 'risk',
      message: `SQS_QUEUE_NAME is '${config.SQS_QUEUE_NAME}', and was '${old}' when the run was deployed: that queue would be removed with ${plural(lost, 'job')} in it.`,
      fix: `Write SQS_QUEUE_NAME: '${old}', or wait until the run is over; with --force send those jobs again later.`,
    },
  ];
}

/** Also when the queue keeps its name and is said to be somebody else's: what leaves the stack is removed. */
async function otherDeadLetters(
  { config, derived, aws }: Asked,
  { DEAD_LETTER_QUEUE_URL: url }: Made,
  held: () => Promise<readonly Resource[]>,
): Promise<Finding[]> {
  const old = url && lastPart(url);
  const { deadLetterQueueName: name, deadLetterQueueExists: exists } = derived;
  if (url === undefined || old === undefined || (old === name && !exists)) return [];
  const [resources, jobs] = await Promise.all([held(), countJobs(aws.sqs, url)]);
  const lost = jobs === undefined ? 0 : jobs.waiting + jobs.running;
  if (!holdsQueue(resources, url) || lost === 0) return [];
  const option =
    old === name && config.USE_EXISTING_DEAD_LETTER_QUEUE
      ? 'USE_EXISTING_DEAD_LETTER_QUEUE is true'
      : `SQS_DEAD_LETTER_QUEUE is '${config.SQS_DEAD_LETTER_QUEUE}'`;
  return [
    {
      kind: 'risk',
      message: `${option}, and '${old}' was made with the run: that dead-letter queue would be removed with ${plural(lost, 'failed job')} in it, and the reasons why ${lost === 1 ? 'it' : 'they'} failed.`,
      fix: `Write SQS_DEAD_LETTER_QUEUE: '${old}'${exists ? ' and leave USE_EXISTING_DEAD_LETTER_QUEUE out' : ''}, or move the failed jobs to another queue first; with --force they are lost.`,
    },
  ];
}

/** The permissions of workers at work change with the deployment: they may no longer read or write the old buckets. */
function otherBuckets(
  { config }: Asked,
  made: Made,
  jobs: Jobs | undefined,
  machines: Machines | undefined,
): Finding[] {
  const there = machines?.there ?? 0;
  const left = (jobs?.waiting ?? 0) + (jobs?.running ?? 0);
  if (left + there === 0) return [];
  const atWork = `${plural(left, 'job')} left, ${plural(there, 'machine')}`;
  const moved = (
    [
      {
        option: 'DESTINATION_BUCKET',
        was: made.DESTINATION,
        then: 'results went to',
        lost: 'write there, and their jobs would be done in vain',
        forced: "those jobs begin anew, and the run's results are in two buckets",
      },
      {
        option: 'SOURCE_BUCKET',
        was: made.SOURCE,
        then: 'images came from',
        lost: 'read there, and their jobs would fail',
        forced: 'jobs under way fail, and are tried again on images of the new one',
      },
    ] as const
  ).flatMap(({ option, was, ...words }) => {
    const old = was && bucketAndKey(was).bucket;
    return old === undefined || old === config[option]
      ? []
      : [{ option, old, now: config[option], ...words }];
  });
  return moved.map(({ option, old, now, then, lost, forced }) => ({
    kind: 'risk',
    message: `${now === config.AWS_BUCKET ? 'AWS_BUCKET' : option} is '${now}', and ${then} '${old}' when the run was deployed (${atWork}): workers at work could no longer ${lost}.`,
    fix: `Write ${option}: '${old}', or wait until the run is over; with --force ${forced}.`,
  }));
}

/** A machine knows only the cluster that it started with, and that one could not be removed. */
function otherCluster(
  { config }: Asked,
  { ECS_CLUSTER: made }: Made,
  machines: Machines | undefined,
): Finding[] {
  const old = made && lastPart(made);
  const there = Math.max(machines?.desired ?? 0, machines?.there ?? 0);
  if (old === undefined || old === config.ECS_CLUSTER || there === 0) return [];
  return [
    {
      kind: 'problem',
      message: `ECS_CLUSTER is '${config.ECS_CLUSTER}', and was '${old}' when the run was deployed: ${plural(there, 'machine')} cannot move to another cluster.`,
      fix: `Write ECS_CLUSTER: '${old}', or wait until the run is over.`,
    },
  ];
}

/** What the old network had of ours is removed with machines in it: they could reach neither AWS nor their end. */
function otherNetwork(
  { config }: Asked,
  { NETWORK: made }: Made,
  resources: readonly Resource[],
  machines: Machines | undefined,
): Finding[] {
  const there = Math.max(machines?.desired ?? 0, machines?.there ?? 0);
  const own = resources.some(({ type }) => type === 'AWS::EC2::VPC');
  const same = own || made === undefined ? own === (config.VPC_ID === undefined) : made === config.VPC_ID;
  if (same || there === 0) return [];
  return [
    {
      kind: 'problem',
      message: `VPC_ID is ${config.VPC_ID === undefined ? 'left out' : `'${config.VPC_ID}'`}, and the machines stand in ${own ? "the run's own network" : `'${made ?? 'another network'}'`}: ${plural(there, 'machine')} cannot move to another.`,
      fix: `${own || made === undefined ? 'Put VPC_ID back as it was' : `Write VPC_ID: '${made}'`}, or wait until the run is over.`,
    },
  ];
}

function goesOn(jobs: Jobs | undefined, machines: Machines | undefined): Finding[] {
  const there = machines?.there ?? 0;
  const known = jobs ?? { waiting: 0, running: 0 };
  if (known.waiting + known.running + there === 0) return [];
  return [
    {
      kind: 'note',
      message: `A run is on: ${plural(known.waiting, 'job')} waiting, ${String(known.running)} running, ${plural(there, 'machine')}. Jobs that run end as they began; their workers then make room for new ones.`,
    },
  ];
}
