/** States of the world for tests: an ordinary one, with what the test is about written over it. */
import {
  BLANK,
  type Memory,
  type Reading,
  type RememberedMachine,
  type Run,
} from '../../lib/monitor/memory.ts';
import { newRun } from '../../lib/monitor/ledger.ts';
import type { z } from 'zod';
import { monitorSettings, type MonitorSettings } from '../../lib/monitor/settings.ts';
import type { Action, Decision, GroupMachine, Node, State } from '../../lib/monitor/state.ts';
import { NOTHING } from '../../lib/records/key.ts';

export const MINUTE = 60_000;
export const NOW = Date.UTC(2026, 10, 22, 12);

type SettingsInput = z.input<typeof monitorSettings>;

export const settings = (overrides: Partial<SettingsInput> = {}): MonitorSettings =>
  monitorSettings.parse({
    APP_NAME: 'Plates',
    AWS_REGION: 'us-east-1',
    SQS_QUEUE_URL: 'https://sqs/1/PlatesQueue',
    DEAD_LETTER_QUEUE_URL: 'https://sqs/1/PlatesDeadMessages',
    ECS_CLUSTER: 'Plates',
    AUTO_SCALING_GROUP: 'PlatesGroup',
    TASK_DEFINITION: 'arn:aws:ecs:us-east-1:1:task-definition/PlatesTask:7',
    WORKER_DIGEST: 'today',
    CLUSTER_MACHINES: 10,
    TASKS_PER_MACHINE: 1,
    MEMORY: 6000,
    DESTINATION: 's3://bucket',
    MONITOR_MEMORY: 's3://bucket/distributed-fiji/Plates/monitor.json',
    ...overrides,
  });

/** One machine, as a test names it. */
export interface Given {
  readonly tasks?: number;
  readonly pending?: number;
  /** Tasks of other people among them. */
  readonly strangers?: number;
  /** Minutes since it was first seen. @default 30 */
  readonly age?: number;
  /** False: not in the cluster. @default true */
  readonly joined?: boolean;
  readonly status?: string;
  readonly connected?: boolean;
  readonly worker?: string;
  readonly lifecycle?: string;
  readonly remembered?: Partial<RememberedMachine>;
}

export interface Situation {
  /** Jobs waiting and running, at this look and at the one before. */
  readonly waiting?: number;
  readonly running?: number;
  readonly delayed?: number;
  /** Earlier readings, by minutes ago. @default the same as now, one and two minutes ago */
  readonly before?: readonly Partial<Reading & { minutes: number }>[];
  readonly machines?: readonly Given[];
  readonly desired?: number;
  readonly settings?: Partial<SettingsInput>;
  readonly run?: Partial<Run> | null;
  readonly memory?: Partial<Memory>;
  readonly state?: Partial<State>;
}

export function situation(given: Situation = {}): State {
  const machines = given.machines ?? [];
  const queue = { visible: given.waiting ?? 0, delayed: given.delayed ?? 0, inFlight: given.running ?? 0 };
  const before = given.before ?? [{ minutes: 2 }, { minutes: 1 }];
  const known = settings(given.settings);
  const run = given.run === null ? null : { ...newRun(NOW - 30 * MINUTE), lastEnded: NOW, ...given.run };

  return {
    now: NOW,
    settings: known,
    queue,
    deadLetters: 0,
    enqueued: undefined,
    group: {
      desired: given.desired ?? machines.filter(({ lifecycle }) => !lifecycle?.startsWith('Term')).length,
      max: known.CLUSTER_MACHINES,
      types: ['m5.large', 'm6i.large'],
      zones: ['us-east-1a', 'us-east-1b'],
      rebalances: false,
      suspended: [],
      machines: machines.map(groupMachine),
    },
    nodes: machines.flatMap((machine, index) => (machine.joined === false ? [] : [node(machine, index)])),
    ended: NOTHING,
    recordsRead: NOW,
    recount: undefined,
    badStops: [],
    failedLaunches: [],
    prices: undefined,
    ages: undefined,
    ...given.state,
    memory: {
      ...BLANK,
      tick: 7,
      lastLook: NOW - MINUTE,
      readings: before.map(({ minutes = 0, ...reading }) => ({
        at: NOW - minutes * MINUTE,
        ...queue,
        ...reading,
      })),
      machines: Object.fromEntries(machines.map((machine, index) => [idOf(index), remembered(machine)])),
      run,
      ...given.memory,
    },
  };
}

export const idOf = (index: number): string => `i-${String(index).padStart(4, '0')}`;
export const arnOf = (index: number): string => `arn:container-instance/${index}`;

function groupMachine({ lifecycle = 'InService' }: Given, index: number): GroupMachine {
  return { id: idOf(index), type: 'm5.large', zone: 'us-east-1a', lifecycle };
}

function node(machine: Given, index: number): Node {
  return {
    arn: arnOf(index),
    machine: idOf(index),
    status: machine.status ?? 'ACTIVE',
    connected: machine.connected ?? true,
    guests: 0,
    strangers: machine.strangers ?? 0,
    tasks: machine.tasks ?? 0,
    pending: machine.pending ?? 0,
    worker: machine.worker ?? 'today',
    memory: 7680,
  };
}

function remembered({ age = 30, joined = true, remembered: more }: Given): RememberedMachine {
  const since = NOW - age * MINUTE;
  return { since, pool: 'm5.large us-east-1a', ...(joined && { joined: since + 2 * MINUTE }), ...more };
}

export const some = (count: number, machine: Given): Given[] => Array.from({ length: count }, () => machine);

type Kind = Action['kind'];
type Of<K extends Kind> = Extract<Action, { kind: K }>;

export function actionsOf<K extends Kind>({ actions }: Decision, kind: K): Of<K>[] {
  return actions.filter((action): action is Of<K> => action.kind === kind);
}

/** A decision in brief: what a table row expects. */
export function brief(decision: Decision): Record<string, unknown> {
  const ended = actionsOf(decision, 'end machines').flatMap(({ endings }) => endings);
  return Object.fromEntries(
    Object.entries({
      desired: actionsOf(decision, 'set desired')[0]?.machines,
      start: actionsOf(decision, 'start tasks')[0]?.tasks,
      end: ended.filter(({ replace }) => !replace).map(({ machine }) => machine),
      replace: ended.filter(({ replace }) => replace).map(({ machine }) => machine),
      suspend: actionsOf(decision, 'suspend rebalancing').length > 0,
      resume: actionsOf(decision, 'resume launching').flatMap(({ suspensions }) =>
        suspensions.map(({ process }) => process),
      ),
      deregister: actionsOf(decision, 'deregister').map(({ node: arn }) => arn),
      mails: actionsOf(decision, 'mail').map(({ mail }) => mail.key),
    }).filter(
      ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
