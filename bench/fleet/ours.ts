/**
 * Distributed-Fiji's monitor in the simulated world: `decide` and `learn` as they are. What is simulated lies around
 * them: a look takes seconds, fails now and then, is called by events as well, and may meet a second monitor.
 */
import { decide } from '../../lib/monitor/decide.ts';
import { BLANK, type Memory } from '../../lib/monitor/memory.ts';
import { monitorSettings, type MonitorSettings } from '../../lib/monitor/settings.ts';
import type { Action, Decision, Ending, State } from '../../lib/monitor/state.ts';
import { CLAIM_MS, learn } from '../../lib/monitor/tick.ts';
import type { Tally } from '../../lib/records/key.ts';
import { WORKER_IDLE, type Deployed, type Machine, type World } from './world.ts';

const TYPE = 'm5.large';
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const DOLLARS = 0.035;
const EVERY = 60;
const digestOf = (machine: number): string => `bundle-${machine}`;

export class Monitors {
  readonly #world: World;
  readonly #settings: Omit<MonitorSettings, 'TASK_DEFINITION' | 'WORKER_DIGEST'>;
  /** The S3 object. */
  #memory: Memory;
  #version = 0;
  /** What had ended at each moment up to which records were counted. */
  readonly #counted = new Map<number, Tally>();
  readonly mails: string[] = [];
  refusedClaims = 0;

  constructor(world: World) {
    const { scenario } = world;
    this.#world = world;
    this.#memory = { ...BLANK, attemptSeconds: scenario.knownJob ?? null };
    this.#settings = monitorSettings.parse({
      APP_NAME: 'Simulated',
      AWS_REGION: 'us-east-1',
      SQS_QUEUE_URL: 'queue',
      DEAD_LETTER_QUEUE_URL: 'dead',
      ECS_CLUSTER: 'cluster',
      AUTO_SCALING_GROUP: 'group',
      TASK_DEFINITION: 'task',
      WORKER_DIGEST: 'bundle',
      CLUSTER_MACHINES: scenario.machines,
      TASKS_PER_MACHINE: scenario.tasksPerMachine,
      MEMORY: 6000,
      WORKER_IDLE_SECONDS: WORKER_IDLE,
      DESTINATION: 's3://bucket',
      MONITOR_MEMORY: 's3://bucket/monitor.json',
    });
    world.event = () => world.clock.after(2, () => this.#look());
    for (let monitor = 0; monitor < scenario.monitors; monitor++) {
      world.clock.after(1 + monitor * 3, () => this.#every());
    }
    world.clock.after(5, () => this.#look(scenario.jobs)); // `enqueue` has finished
  }

  #every(): void {
    this.#look();
    this.#world.clock.after(EVERY, () => this.#every());
  }

  /** Sees now, claims some seconds later, acts some seconds after that. */
  #look(enqueued?: number): void {
    const { clock, random, scenario } = this.#world;
    const [before, version] = [this.#memory, this.#version];
    this.#world.calls += 1;
    if (before.claim !== null && clock.now * 1000 - before.claim.at < CLAIM_MS) return;
    if (random.chance(scenario.errors)) return;

    const { deployed } = this.#world; // the settings of this very call
    const state = this.#see(before, enqueued, deployed);
    const decision = decide(state);
    if (decision.memory === before) return;
    clock.after(random.between(1, 4), () => this.#claim(state, version, decision, deployed));
  }

  #claim(state: State, version: number, decision: Decision, deployed: Deployed): void {
    const { clock, random } = this.#world;
    this.#world.calls += 1;
    if (this.#version !== version) {
      this.refusedClaims += 1;
      return;
    }
    const acts = decision.actions.length > 0;
    this.#remember({ ...decision.memory, claim: acts ? { by: 'it', at: clock.now * 1000 } : null }, deployed);
    if (acts) clock.after(random.between(1, 5), () => this.#act(state, decision, deployed));
  }

  #act(state: State, { actions, memory }: Decision, deployed: Deployed): void {
    const results = {
      placed: [] as readonly string[],
      misfit: undefined,
      spared: [] as string[],
      unsent: [] as string[],
      errors: [],
    };
    for (const action of actions) {
      if (this.#world.random.chance(this.#world.scenario.errors)) continue; // throttled to the end
      this.#perform(action, results, deployed);
    }
    this.#world.calls += 1;
    this.#remember(learn(state, memory, actions, results), deployed);
  }

  #perform(
    action: Action,
    results: { placed: readonly string[]; spared: string[] },
    deployed: Deployed,
  ): void {
    switch (action.kind) {
      case 'set desired':
        return this.#world.setDesired(
          action.machines < action.from
            ? Math.max(action.machines, this.#world.there.length)
            : action.machines,
        );
      case 'start tasks':
        this.#world.calls += Math.ceil(action.tasks / 10);
        results.placed = this.#world.runTasks(action.tasks, deployed);
        return;
      case 'end machines':
        return this.#end(action.endings, action.all, results.spared);
      case 'mail':
        this.mails.push(action.mail.key);
        return;
      case 'deregister':
      case 'suspend rebalancing':
      case 'resume launching':
      case 'put dashboard':
      case 'remove dashboard':
        this.#world.calls += 1;
    }
  }

  #end(endings: readonly Ending[], all: boolean, spared: string[]): void {
    const world = this.#world;
    world.calls += Math.ceil(endings.length / 10) + Math.ceil(endings.length / 100);
    for (const { machine } of endings) world.drain(machine);
    // A machine ended in spite of its workers is not spared: the jobs that they have then count as lost.
    const busy = endings.filter(
      ({ machine, thoughBusy }) =>
        thoughBusy === undefined && (world.machines.get(machine)?.workers.size ?? 0) > 0,
    );
    spared.push(...busy.map(({ machine }) => machine));

    if (all && busy.length === 0) {
      world.setDesired(0);
      return;
    }
    for (const { machine, replace } of endings) {
      if (!spared.includes(machine)) world.terminate(machine, !replace);
    }
  }

  /** Its metadata tell the workers which deployment is in force. */
  #remember(memory: Memory, deployed: Deployed): void {
    this.#memory = memory;
    this.#world.inForce = deployed.task;
    this.#version += 1;
  }

  #see(memory: Memory, enqueued: number | undefined, deployed: Deployed): State {
    const { clock, queue, desired, scenario } = this.#world;
    const machines = [...this.#world.machines.values()];
    const joined = machines.filter((machine) => machine.joined);
    const now = Math.round(clock.now * 1000);
    const before = this.#counted.get(memory.recordsRead) ?? { done: 0, failed: 0, dead: 0 };
    const after = { ...queue.attempts };
    this.#counted.set(now, after);
    this.#world.calls += 5 + 2 * Math.ceil(joined.length / 100);

    return {
      now,
      settings: {
        ...this.#settings,
        TASK_DEFINITION: `task:${deployed.task}`,
        WORKER_DIGEST: digestOf(deployed.machine),
      },
      queue: queue.read(),
      deadLetters: after.dead,
      enqueued,
      group: {
        desired,
        max: scenario.machines,
        types: [TYPE],
        zones: ZONES,
        rebalances: false,
        suspended: [],
        machines: machines.map((machine) => ({
          id: machine.id,
          type: TYPE,
          zone: zoneOf(machine),
          lifecycle: machine.leaving ? 'Terminating' : 'InService',
        })),
      },
      nodes: joined.map((machine) => ({
        arn: machine.id,
        machine: machine.id,
        status: machine.draining ? 'DRAINING' : 'ACTIVE',
        connected: true,
        guests: 0,
        strangers: 0,
        tasks: machine.workers.size,
        pending: [...machine.workers].filter(({ running }) => !running).length,
        worker: digestOf(machine.worker),
        memory: 7680,
      })),
      ended: {
        done: after.done - before.done,
        failed: after.failed - before.failed,
        dead: after.dead - before.dead,
      },
      recordsRead: now,
      recount: undefined,
      badStops: [],
      failedLaunches: [],
      prices: Object.fromEntries(ZONES.map((zone) => [`${TYPE} ${zone}`, DOLLARS])),
      ages: undefined,
      memory,
    };
  }
}

function zoneOf({ id }: Machine): string {
  return ZONES[Number(id.slice(2)) % ZONES.length] as string;
}
