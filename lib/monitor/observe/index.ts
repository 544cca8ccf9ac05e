/**
 * Looks at everything that decide() needs, and at what is rarely needed only when it is: an idle minute is a handful
 * of calls that cost nothing, or nearly.
 */
import { messageOf } from '../../errors.ts';
import { NOTHING } from '../../records/key.ts';
import type { Aws } from '../aws.ts';
import type { Memory } from '../memory.ts';
import type { MonitorSettings } from '../settings.ts';
import type { Group, Node, State } from '../state.ts';
import { seeBadStops, seeNodes } from './cluster.ts';
import { seeFailedLaunches, seeGroup } from './group.ts';
import { readPrices } from './prices.ts';
import { countEnded } from './progress.ts';
import { countMessages, readAges } from './queue.ts';

const MINUTE = 60_000;

/** Spot prices move a few times a day. */
const PRICES_EVERY = 30 * MINUTE;

/** Messages are warned of days ahead. CloudWatch takes a cent for a thousand of these. */
const AGES_EVERY = 60 * MINUTE;
const AGES_EVERY_IDLE = 360 * MINUTE;

/** A record's name can appear some seconds after the time in it; later ones are found by the count at the end. */
const RECORDS_LATE = 30_000;

/** Tasks that die young do so in their first minutes: pulling the image, starting the worker. */
const STARTING = 10 * MINUTE;

interface Look {
  readonly aws: Aws;
  readonly settings: MonitorSettings;
  readonly memory: Memory;
  readonly now: number;
}

export async function observe(look: Look, enqueued?: number): Promise<State> {
  const { aws, settings, memory, now } = look;
  const [queue, dead, group] = await Promise.all([
    countMessages(aws, settings.SQS_QUEUE_URL),
    countMessages(aws, settings.DEAD_LETTER_QUEUE_URL),
    seeGroup(aws, settings.AUTO_SCALING_GROUP),
  ]);
  const nodes = await seeNodes(aws, settings, new Set(group.machines.map(({ id }) => id)));
  const deadLetters = dead.visible + dead.inFlight + dead.delayed;

  const [progress, badStops, failedLaunches, prices, ages] = await Promise.all([
    seeProgress(look, group, nodes, queue),
    seeStops(look, nodes),
    isShort(group) ? seeFailedLaunches(aws, settings.AUTO_SCALING_GROUP, now) : [],
    seePrices(look, group),
    seeAges(look, queue, deadLetters),
  ]);
  return {
    now,
    settings,
    queue,
    deadLetters,
    enqueued,
    group,
    nodes,
    ...progress,
    badStops,
    failedLaunches,
    prices,
    ages,
    memory,
  };
}

const isShort = ({ desired, machines }: Group): boolean => desired > machines.length;

async function seeProgress(
  { aws, settings, memory, now }: Look,
  group: Group,
  nodes: readonly Node[],
  queue: State['queue'],
): Promise<Pick<State, 'ended' | 'recordsRead' | 'recount'>> {
  const until = now - RECORDS_LATE;
  if (memory.run === null) return { ended: NOTHING, recordsRead: until, recount: undefined };

  const quiet = queue.visible + queue.delayed + queue.inFlight + group.machines.length + nodes.length === 0;
  const since = Math.max(memory.recordsRead, memory.run.since - RECORDS_LATE);
  const [ended, recount] = await Promise.all([
    countEnded(aws, settings, { since, until }),
    quiet
      ? countEnded(aws, settings, { since: memory.run.since - RECORDS_LATE, until: Infinity })
      : undefined,
  ]);
  return { ended, recordsRead: until, recount };
}

async function seeStops(
  { aws, settings, memory, now }: Look,
  nodes: readonly Node[],
): Promise<State['badStops']> {
  if (now - memory.tasksStarted > STARTING) return [];
  const instances = new Map(nodes.map(({ arn, machine }) => [arn, machine]));
  return seeBadStops(aws, settings, memory.lastLook, instances);
}

async function seePrices({ aws, memory, now }: Look, group: Group): Promise<State['prices']> {
  if (group.machines.length === 0 || now - memory.prices.at < PRICES_EVERY) return undefined;
  const types = new Set([...group.types, ...group.machines.map(({ type }) => type)]);
  return orUnknown('Spot prices', readPrices(aws, [...types], now));
}

async function seeAges(
  { aws, settings, memory, now }: Look,
  queue: State['queue'],
  deadLetters: number,
): Promise<State['ages']> {
  const every = memory.run === null ? AGES_EVERY_IDLE : AGES_EVERY;
  const some = queue.visible + queue.delayed + queue.inFlight + deadLetters > 0;
  if (!some || now - memory.agesRead < every) return undefined;
  const queues = { queue: settings.SQS_QUEUE_URL, deadLetters: settings.DEAD_LETTER_QUEUE_URL };
  return orUnknown('the age of the oldest job', readAges(aws, queues, now));
}

/** What is only told of must not keep machines from being started and ended: the next look asks again. */
async function orUnknown<T>(what: string, looking: Promise<T>): Promise<T | undefined> {
  return looking.catch((error: unknown) => {
    console.warn(`Could not read ${what}: ${messageOf(error)}`);
    return undefined;
  });
}
