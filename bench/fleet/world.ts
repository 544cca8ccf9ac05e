/**
 * A simulated AWS: an Auto Scaling group of Spot machines that start slowly, fail to start, and are taken back; an ECS
 * cluster that places workers on them; and the workers, which take jobs until the queue has stayed empty for a while.
 */
import { Clock } from './clock.ts';
import { Queue } from './queue.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** What was deployed last: numbers that grow. */
export interface Deployed {
  /** Of the task definition: each deploy's own. */
  readonly task: number;
  /** Of what a task relies on its machine for. */
  readonly machine: number;
}

export interface Worker {
  /** The deployment that started it. */
  readonly task: number;
  /** When it last looked whether that is still the one in force. */
  looked: number;
  readonly machine: Machine;
  running: boolean;
  /** Seconds of the job it has. */
  job: number | undefined;
  began: number;
  idleSince: number;
  gone: boolean;
}

export interface Machine {
  readonly id: string;
  readonly launched: number;
  /** What its launch template was at its start. */
  readonly worker: number;
  joined: boolean;
  draining: boolean;
  leaving: boolean;
  readonly workers: Set<Worker>;
  /** Since when it has had no job: what the ancestor's alarm looks at. */
  idleSince: number;
}

/** Seconds; the middle of what an ECS machine with a Fiji image of 2 GB takes. */
export const START = 150;
export const WORKER_START = 15;
export const WORKER_IDLE = 60;
const NOTICE = 120;
const GROUP_EVERY = 10;
/** How often a worker looks whether a newer deployment is in force. */
const DEPLOYMENT_LOOK = 60;
/** The Spot notice's unit polls every 5 s and may itself fail. */
const NOTICE_FAILS = 0.05;

export class World {
  readonly clock = new Clock();
  readonly random: Random;
  readonly queue: Queue;
  readonly scenario: Scenario;
  readonly machines = new Map<string, Machine>();
  readonly #idle = new Set<Worker>();
  desired = 0;
  calls = 0;
  deployed: Deployed = { task: 1, machine: 1 };
  /** Of which deployment the monitor last said that it is in force. */
  inForce = 1;
  /** Called when a machine has joined, has had notice, or runs nothing any more: EventBridge calls the monitor then. */
  event: () => void = () => undefined;

  lostToScaleIn = 0;
  interrupted = 0;
  launched = 0;
  /** Most machines that the group had at once, without those that were leaving. */
  peak = 0;
  machineSeconds = 0;
  workSeconds = 0;
  /** Of these, on jobs that a machine taken back had begun. */
  spotSeconds = 0;
  /** When the fleet was first complete, the last job done, the last machine gone. */
  full: number | undefined;
  lastDone = 0;
  zero: number | undefined;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.random = new Random(scenario.seed);
    this.queue = new Queue(this.clock, this.random, scenario);
    this.queue.filled = () => this.#wakeIdle();
    for (const { at, keepsMachines } of scenario.deploys ?? []) {
      this.clock.after(at, () => {
        const { task, machine } = this.deployed;
        this.deployed = { task: task + 1, machine: keepsMachines ? machine : machine + 1 };
      });
    }
    this.#reconcile();
  }

  get there(): Machine[] {
    return [...this.machines.values()].filter(({ leaving }) => !leaving);
  }

  /** The group: launches what is missing, ends what is too much, the newest first, busy or not. */
  #reconcile(): void {
    const there = this.there;
    const room = Math.max(0, this.scenario.capacity(this.clock.now) - this.machines.size);
    const missing = Math.min(this.desired - there.length, room);
    for (let count = 0; count < missing; count++) this.#launch();
    if (this.desired < there.length) {
      const newest = there.toSorted((a, b) => b.launched - a.launched).slice(0, there.length - this.desired);
      for (const machine of newest) this.#end(machine, 'scale-in');
    }
    this.clock.after(GROUP_EVERY, () => this.#reconcile());
  }

  #launch(): void {
    const { random, scenario, clock } = this;
    const machine: Machine = {
      id: `i-${String(this.launched++).padStart(6, '0')}`,
      launched: clock.now,
      worker: this.deployed.machine,
      joined: false,
      draining: false,
      leaving: false,
      workers: new Set(),
      idleSince: clock.now,
    };
    this.machines.set(machine.id, machine);
    this.peak = Math.max(this.peak, this.there.length);

    const start = random.logNormal(START, 0.15) * (random.chance(scenario.slowStarts) ? 3 : 1);
    if (!random.chance(scenario.neverJoins)) clock.after(start, () => this.#join(machine));
    clock.after(random.exponential(scenario.spotLife), () => this.#takeBack(machine));
  }

  #join(machine: Machine): void {
    if (machine.leaving) return;
    machine.joined = true;
    machine.idleSince = this.clock.now;
    const joined = this.there.filter((each) => each.joined).length;
    if (this.full === undefined && joined >= 0.95 * this.wholeFleet) this.full = this.clock.now;
    this.event();
  }

  get wholeFleet(): number {
    const { machines, jobs, tasksPerMachine } = this.scenario;
    return Math.min(machines, Math.ceil(jobs / tasksPerMachine));
  }

  /** AWS takes a machine back: two minutes' notice, on which workers give their jobs back. */
  #takeBack(machine: Machine): void {
    if (machine.leaving || !this.machines.has(machine.id)) return;
    this.interrupted += 1;
    if (!this.random.chance(NOTICE_FAILS)) {
      machine.draining = true;
      this.event();
      for (const worker of [...machine.workers]) this.#stop(worker, 'gives back');
    }
    this.clock.after(NOTICE, () => this.#end(machine, 'spot'));
  }

  #end(machine: Machine, cause: 'scale-in' | 'spot' | 'decided'): void {
    if (machine.leaving) return;
    machine.leaving = true;
    for (const worker of [...machine.workers]) {
      if (worker.job !== undefined && cause !== 'spot') this.lostToScaleIn += 1;
      this.#stop(worker, 'vanishes');
    }
    // Billing ends when the machine shuts down; the group lists it a little longer.
    this.machineSeconds += this.clock.now - machine.launched;
    this.clock.after(30, () => {
      this.machines.delete(machine.id);
      if (this.machines.size === 0 && this.queue.empty) this.zero = this.clock.now;
    });
  }

  #stop(worker: Worker, how: 'gives back' | 'vanishes'): void {
    if (worker.gone) return;
    worker.gone = true;
    worker.machine.workers.delete(worker);
    this.#idle.delete(worker);
    // EventBridge: the last task of a machine has ended.
    if (worker.machine.workers.size === 0 && !worker.machine.leaving) this.event();
    if (worker.job === undefined) return;
    this.workSeconds += this.clock.now - worker.began;
    this.spotSeconds += this.clock.now - worker.began;
    if (how === 'gives back') this.queue.giveBack(worker.job);
    else this.queue.vanish(worker.job);
  }

  #begin(worker: Worker): void {
    if (worker.gone) return;
    worker.running = true;
    this.#next(worker);
  }

  #next(worker: Worker): void {
    if (this.#isOver(worker)) return this.#stop(worker, 'gives back');
    const job = this.queue.take();
    if (job === undefined) return this.#wait(worker);
    worker.job = job;
    worker.began = this.clock.now;
    this.clock.after(job, () => this.#finish(worker, job));
  }

  /** Between two jobs, when the last look is old enough. */
  #isOver(worker: Worker): boolean {
    if (this.clock.now - worker.looked < DEPLOYMENT_LOOK) return false;
    worker.looked = this.clock.now;
    return worker.task !== this.inForce;
  }

  #finish(worker: Worker, job: number): void {
    if (worker.gone) return;
    worker.job = undefined;
    this.workSeconds += job;
    this.lastDone = this.clock.now;
    worker.machine.idleSince = this.clock.now;
    if (this.random.chance(this.scenario.failing)) this.queue.fail(job);
    else this.queue.finish();
    this.#next(worker);
  }

  #wait(worker: Worker): void {
    const since = this.clock.now;
    worker.idleSince = since;
    this.#idle.add(worker);
    this.clock.after(WORKER_IDLE, () => {
      if (worker.gone || worker.job !== undefined || worker.idleSince !== since) return;
      if (this.keepsWorkers) return this.#wait(worker);
      this.#stop(worker, 'gives back');
    });
  }

  /** An ECS service with a fixed count starts a worker anew when it leaves. */
  keepsWorkers = false;

  #wakeIdle(): void {
    for (const worker of this.#idle) {
      if (this.queue.counts.visible === 0) return;
      this.#idle.delete(worker);
      this.#next(worker);
    }
  }

  // What controllers can do.

  setDesired(machines: number): void {
    this.calls += 1;
    if (machines > this.scenario.machines)
      throw new RangeError(`desired ${machines} is above the group's maximum`);
    this.desired = machines;
  }

  terminate(id: string, decrement: boolean): void {
    this.calls += 1;
    const machine = this.machines.get(id);
    if (machine === undefined || machine.leaving) return;
    if (decrement) this.desired -= 1;
    this.#end(machine, 'decided');
  }

  drain(id: string): void {
    const machine = this.machines.get(id);
    if (machine) machine.draining = true;
  }

  /**
   * Packs the fullest machines first, as binpack does.
   *
   * @param deployed whose tasks: they go only on machines that have what these rely on
   * @returns the machines, each as often as it got one
   */
  runTasks(count: number, deployed: Deployed = this.deployed): string[] {
    const open = this.there
      .filter(({ worker }) => worker === deployed.machine)
      .filter(
        ({ joined, draining, workers }) =>
          joined && !draining && workers.size < this.scenario.tasksPerMachine,
      )
      .toSorted((a, b) => b.workers.size - a.workers.size);
    const placed: string[] = [];
    for (const machine of open) {
      while (placed.length < count && machine.workers.size < this.scenario.tasksPerMachine) {
        const worker: Worker = {
          task: deployed.task,
          looked: -Infinity,
          machine,
          running: false,
          job: undefined,
          began: 0,
          idleSince: 0,
          gone: false,
        };
        machine.workers.add(worker);
        this.clock.after(WORKER_START, () => this.#begin(worker));
        placed.push(machine.id);
      }
    }
    return placed;
  }

  get over(): boolean {
    return this.queue.empty && this.machines.size === 0 && this.clock.now > 600;
  }
}
