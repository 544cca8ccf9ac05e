/** A simulated SQS queue: jobs in order, leases, delays, and counts that are old and sometimes wrong. */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

export interface Counts {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

const SAMPLE_EVERY = 5;

export class Queue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #jobs: number[];
  #next = 0;
  #delayed = 0;
  #inFlight = 0;
  #samples: { at: number; counts: Counts }[] = [];
  /** Called when jobs can be had again. */
  filled: () => void = () => undefined;
  done = 0;
  attempts = { done: 0, failed: 0, dead: 0 };

  constructor(clock: Clock, random: Random, scenario: Scenario) {
    this.#clock = clock;
    this.#random = random;
    this.#scenario = scenario;
    this.#jobs = Array.from({ length: scenario.jobs }, () => scenario.job(random));
    this.#sample();
  }

  get counts(): Counts {
    return { visible: this.#jobs.length - this.#next, delayed: this.#delayed, inFlight: this.#inFlight };
  }

  get empty(): boolean {
    return this.counts.visible + this.#delayed + this.#inFlight === 0;
  }

  /** @returns seconds that the job takes; undefined when none waits */
  take(): number | undefined {
    if (this.#next >= this.#jobs.length) return undefined;
    this.#inFlight += 1;
    return this.#jobs[this.#next++];
  }

  finish(): void {
    this.#inFlight -= 1;
    this.done += 1;
    this.attempts.done += 1;
  }

  /** A failed attempt: again after a pause, or to the dead letters. The attempts of one job are not told apart. */
  fail(job: number): void {
    this.#inFlight -= 1;
    this.attempts.failed += 1;
    if (this.#random.chance(1 / 3)) {
      this.attempts.dead += 1;
      this.done += 1;
      return;
    }
    this.#delayed += 1;
    this.#clock.after(30, () => {
      this.#delayed -= 1;
      this.#put(job);
    });
  }

  /** A worker that had notice gives its job back at once. */
  giveBack(job: number): void {
    this.#inFlight -= 1;
    this.#put(job);
  }

  /** A worker that vanished: the lease has to end first. */
  vanish(job: number): void {
    this.#clock.after(600, () => this.giveBack(job));
  }

  #put(job: number): void {
    this.#jobs.push(job);
    this.filled();
  }

  /** What SQS would answer. */
  read(): Counts {
    const wanted = this.#clock.now - this.#random.between(0, this.#scenario.stale);
    const counts = this.#samples.findLast(({ at }) => at <= wanted)?.counts ?? this.counts;
    if (!this.#random.chance(this.#scenario.lies)) return counts;
    const factor = [0, 0.1, 3][Math.floor(this.#random.between(0, 3))] as number;
    return {
      visible: factor === 3 ? counts.visible * 3 + 50 : Math.floor(counts.visible * factor),
      delayed: counts.delayed,
      inFlight: Math.floor(counts.inFlight * factor),
    };
  }

  #sample(): void {
    this.#samples.push({ at: this.#clock.now, counts: this.counts });
    this.#samples = this.#samples.slice(-30);
    this.#clock.after(SAMPLE_EVERY, () => this.#sample());
  }
}
