/** What holds in every situation that can be thought of, and in whole simulated runs. */
import fc from 'fast-check';
import { CALM, type Scenario } from '../../bench/fleet/scenario.ts';
import { simulate } from '../../bench/fleet/simulate.ts';
import { decide } from '../../lib/monitor/decide.ts';
import { memory as memorySchema, PAUSES, type Reading } from '../../lib/monitor/memory.ts';
import type { Node, State } from '../../lib/monitor/state.ts';
import { actionsOf, brief, idOf, MINUTE, NOW, situation, type Given, type Situation } from './situation.ts';

const HOUR = 60 * MINUTE;
const count = (max: number) => fc.integer({ min: 0, max });
const often0 = (max: number) => fc.oneof(fc.constant(0), count(max));

const machine: fc.Arbitrary<Given> = fc.record(
  {
    tasks: count(4),
    age: count(40),
    joined: fc.boolean(),
    status: fc.constantFrom('ACTIVE', 'DRAINING', 'REGISTERING'),
    connected: fc.boolean(),
    worker: fc.constantFrom('today', 'yesterday'),
    lifecycle: fc.constantFrom('Pending', 'InService', 'Terminating', 'Terminating:Wait'),
    strangers: count(1),
    remembered: fc.record(
      {
        silent: fc.constantFrom(NOW - 20 * MINUTE, NOW - 13 * HOUR),
        badStops: count(5),
        placed: fc.constant(NOW - 5_000),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const pause = fc.record({
  kind: fc.constantFrom(...PAUSES),
  since: fc.constantFrom(NOW - MINUTE, NOW - 90 * MINUTE),
  why: fc.constant('because'),
  taskDefinition: fc.constantFrom('PlatesTask:6', situation().settings.TASK_DEFINITION),
  probing: fc.boolean(),
});

const anything: fc.Arbitrary<Situation> = fc.record({
  waiting: often0(200),
  running: often0(40),
  delayed: often0(5),
  before: fc.array(
    fc.record({ minutes: fc.integer({ min: 0, max: 6 }), visible: often0(200), inFlight: often0(40) }),
    { maxLength: 4 },
  ),
  machines: fc.array(machine, { maxLength: 12 }),
  desired: count(12),
  settings: fc.record({
    CLUSTER_MACHINES: fc.integer({ min: 1, max: 12 }),
    TASKS_PER_MACHINE: fc.integer({ min: 1, max: 4 }),
    WORKER_IDLE_SECONDS: fc.constantFrom(60, 3600),
  }),
  memory: fc.record({
    pause: fc.option(pause, { nil: null }),
    attemptSeconds: fc.option(fc.double({ min: 0.1, max: 5000, noNaN: true }), { nil: null }),
    emptySince: fc.constantFrom(null, NOW - MINUTE, NOW - HOUR),
  }),
  state: fc.record({ enqueued: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }) }),
});

const ended = (state: State): string[] =>
  actionsOf(decide(state), 'end machines').flatMap(({ endings }) => endings.map((ending) => ending.machine));

/** What a worker is let run for: a job that it may hold, or a wait that it is allowed. */
function mayHoldJob({ queue, enqueued, settings, memory }: State, { machine: id, connected }: Node): boolean {
  if (!connected && (memory.machines[id]?.silent ?? NOW) < NOW - 12 * HOUR) return false;
  const seen = [queue, ...memory.readings.filter(({ at }) => at >= NOW - 2 * MINUTE)];
  const jobs = seen.reduce((sum, { visible, delayed, inFlight }) => sum + visible + delayed + inFlight, 0);
  const waits = settings.WORKER_IDLE_SECONDS * 1000 + 15 * MINUTE;
  return jobs > 0 || enqueued !== undefined || NOW - (memory.emptySince ?? NOW) < waits;
}

test('a machine whose task may hold a job, or is another’s, is never ended, nor one already leaving, and none twice', () => {
  const nothingToDo = {
    waiting: 0,
    running: 0,
    delayed: 0,
    before: [{ minutes: 2 }, { minutes: 1 }],
    state: {},
  };
  fc.assert(
    fc.property(anything, fc.boolean(), (any, quiet) => {
      const given = quiet ? { ...any, ...nothingToDo } : any;
      const state = situation(given);
      const machines = ended(state);
      const busy = state.nodes
        .filter((node) => node.tasks > 0 && (node.strangers > 0 || mayHoldJob(state, node)))
        .map((node) => node.machine);
      const leaving = state.group.machines
        .filter(({ lifecycle }) => lifecycle.startsWith('Term'))
        .map(({ id }) => id);
      expect(machines.filter((id) => busy.includes(id) || leaving.includes(id))).toEqual([]);
      expect(new Set(machines).size).toBe(machines.length);
    }),
    { numRuns: 1000 },
  );
});

test('desired is never raised above the limit, nor set below what is there', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const state = situation(given);
      const there = state.group.machines.filter(({ lifecycle }) => !lifecycle.startsWith('Term')).length;
      for (const { machines, from } of actionsOf(decide(state), 'set desired')) {
        expect(from).toBe(state.group.desired);
        expect(machines).toBeGreaterThanOrEqual(there);
        if (machines > from) expect(machines).toBeLessThanOrEqual(state.settings.CLUSTER_MACHINES);
      }
    }),
    { numRuns: 1000 },
  );
});

test('no more tasks are started than there are jobs, or room on machines that stay', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const state = situation(given);
      const ending = new Set(ended(state));
      const room = state.nodes
        .filter(({ status, connected, worker }) => status === 'ACTIVE' && connected && worker === 'today')
        .filter(({ machine: id }) => !ending.has(id))
        .reduce((sum, { tasks }) => sum + Math.max(0, state.settings.TASKS_PER_MACHINE - tasks), 0);
      for (const { tasks } of actionsOf(decide(state), 'start tasks')) {
        expect(tasks).toBeLessThanOrEqual(Math.min(room, state.queue.visible));
        expect(tasks).toBeGreaterThan(0);
      }
    }),
    { numRuns: 1000 },
  );
});

test('while paused nothing is started, but for one machine that tries', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const state = situation(given);
      const decision = decide(state);
      const after = decision.memory.pause;
      if (after === null) return;
      const started = actionsOf(decision, 'start tasks').reduce((sum, { tasks }) => sum + tasks, 0);
      expect(started).toBeLessThanOrEqual(after.probing ? state.settings.TASKS_PER_MACHINE : 0);
    }),
    { numRuns: 1000 },
  );
});

test('one odd count, between two that agree, changes nothing that is started or ended', () => {
  const odd = fc.record({ visible: count(100_000), inFlight: count(1000) });
  const machines = [{ tasks: 1 }, { tasks: 1 }, { tasks: 1 }];
  const usual = { visible: 40, inFlight: 3 };

  fc.assert(
    fc.property(fc.constantFrom(0, 40), odd, (visible, { visible: oddly, inFlight }) => {
      const limits = { CLUSTER_MACHINES: visible === 0 ? 10 : 3 };
      const reading = (minutes: number): Partial<Reading & { minutes: number }> => ({
        minutes,
        ...usual,
        visible,
      });
      // The odd one now, and the odd one a minute ago.
      const now = situation({
        settings: limits,
        waiting: oddly,
        running: inFlight,
        machines,
        before: [reading(2), reading(1)],
      });
      const before = situation({
        settings: limits,
        waiting: visible,
        running: 3,
        machines,
        before: [reading(2), { minutes: 1, visible: oddly, inFlight }],
      });
      expect([brief(decide(now)), brief(decide(before))]).toEqual([{}, {}]);
    }),
  );
});

test('an odd zero, or an odd crowd, ends and starts nothing on idle machines either', () => {
  const idle = { waiting: 0, running: 1, machines: [{ tasks: 1 }, {}], settings: { CLUSTER_MACHINES: 2 } };
  const crowd = decide(situation({ ...idle, before: [{ minutes: 2 }, { minutes: 1, visible: 500 }] }));
  expect(brief(crowd)).toEqual({}); // kept for a minute more
  expect(brief(decide(situation({ ...idle, before: [{ minutes: 2 }, { minutes: 1 }] })))).toEqual({
    end: [idOf(1)],
  });
});

test('what is remembered can always be written and read again', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const { memory } = decide(situation(given));
      expect(memorySchema.parse(JSON.parse(JSON.stringify(memory)))).toEqual(
        JSON.parse(JSON.stringify(memory)),
      );
    }),
  );
});

describe('whole runs, simulated', () => {
  const scenario: fc.Arbitrary<Scenario> = fc.record({
    name: fc.constant('any'),
    jobs: fc.integer({ min: 1, max: 600 }),
    // Below a machine's mean life: a job that outlasts every machine is never done, whoever steers the fleet.
    job: fc
      .constantFrom(3, 60, 900)
      .map((median) => (random) => Math.min(random.logNormal(median, 0.8), 2400)),
    machines: fc.integer({ min: 1, max: 20 }),
    tasksPerMachine: fc.integer({ min: 1, max: 4 }),
    spotLife: fc.constantFrom(3600, 40 * 3600),
    capacity: fc.constantFrom(20, 5).map((machines) => (at: number) => (at < 3600 ? machines : 20)),
    failing: fc.constantFrom(0, 0.1),
    lies: fc.constantFrom(0, 0.2),
    stale: fc.constantFrom(0, 60),
    errors: fc.constantFrom(0, 0.1),
    slowStarts: fc.constantFrom(0, 0.2),
    neverJoins: fc.constantFrom(0, 0.1),
    monitors: fc.constantFrom(1, 2),
    knownJob: fc.constantFrom(undefined, 3, 900),
    deploys: fc.array(fc.record({ at: fc.integer({ min: 1, max: 7200 }), keepsMachines: fc.boolean() }), {
      maxLength: 2,
    }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });

  test('every job is done, none is lost to scale-in, and the fleet goes to zero soon after', () => {
    fc.assert(
      fc.property(scenario, (any) => {
        const { done, lostToScaleIn, toZero, peak } = simulate(any, 'Distributed-Fiji');
        expect({ done, lostToScaleIn }).toEqual({ done: any.jobs, lostToScaleIn: 0 });
        expect(peak).toBeLessThanOrEqual(any.machines);
        expect(toZero).toBeLessThan(30 * 60);
      }),
      { numRuns: 60 },
    );
  });

  describe('a deploy in the middle', () => {
    const busy: Scenario = {
      ...CALM,
      name: 'busy',
      jobs: 3000,
      job: (random) => Math.min(random.logNormal(120, 0.8), 2400),
      machines: 20,
      tasksPerMachine: 4,
      spotLife: Infinity,
    };
    const undisturbed = simulate(busy, 'Distributed-Fiji');

    test('new machines take the old ones’ place, never more than allowed, and no job is lost', () => {
      const deployed = simulate(
        { ...busy, deploys: [{ at: 1200, keepsMachines: false }] },
        'Distributed-Fiji',
      );
      expect(deployed).toMatchObject({ done: 3000, lostToScaleIn: 0, interrupted: 0, peak: 20 });
      expect(deployed.machines).toBeGreaterThanOrEqual(undisturbed.machines + 20); // every one was replaced
      expect(deployed.overIdeal).toBeLessThan(1.15);
    });

    test('where the machines stay as they are, only the workers are new', () => {
      const deployed = simulate(
        { ...busy, deploys: [{ at: 1200, keepsMachines: true }] },
        'Distributed-Fiji',
      );
      expect(deployed).toMatchObject({ done: 3000, lostToScaleIn: 0, machines: undisturbed.machines });
      expect(deployed.overIdeal).toBeLessThan(undisturbed.overIdeal + 0.05);
    });
  });

  test('a queue whose every job fails stops growing the fleet', () => {
    const hopeless = {
      ...CALM,
      name: 'hopeless',
      jobs: 3000,
      job: () => 60,
      machines: 50,
      failing: 1,
      capacity: (at: number) => (at < 900 ? 5 : 50),
    };
    const paused = simulate(hopeless, 'Distributed-Fiji');
    expect(paused.machines).toBeLessThan(15);
    expect(paused.done).toBeLessThanOrEqual(hopeless.jobs);
  });

  test('machine hours stay near the ideal and below what people use today', () => {
    const hour: Scenario = {
      ...CALM,
      name: 'an hour',
      jobs: 1000,
      job: (random) => random.logNormal(90, 0.8),
      machines: 25,
      seed: 7,
    };
    const ours = simulate(hour, 'Distributed-Fiji');
    expect(ours.overIdeal).toBeLessThan(1.06);
    for (const other of ['ancestor', 'managed scaling'] as const) {
      expect(ours.machineHours).toBeLessThan(simulate(hour, other).machineHours);
    }
  });
});
