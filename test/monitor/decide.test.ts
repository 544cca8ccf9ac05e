import { decide } from '../../lib/monitor/decide.ts';
import { actionsOf, brief, idOf, NOW, situation, some, type Situation } from './situation.ts';

interface Row {
  readonly given: string;
  readonly when: Situation;
  readonly then: Record<string, unknown>;
}

describe('machines out', () => {
  const rows: Row[] = [
    {
      given: 'jobs wait and there is no machine',
      when: { waiting: 40 },
      then: { desired: 10 },
    },
    { given: 'fewer jobs than machines allowed', when: { waiting: 3 }, then: { desired: 3 } },
    {
      given: 'several tasks a machine',
      when: { waiting: 33, settings: { TASKS_PER_MACHINE: 16 } },
      then: { desired: 3 },
    },
    {
      given: 'zones would be rebalanced',
      when: { waiting: 3, state: { group: { ...situation().group, rebalances: true } } },
      then: { suspend: true, desired: 3 },
    },
    {
      given: 'jobs were not there a minute ago',
      when: { waiting: 40, before: [{ minutes: 1, visible: 0 }] },
      then: {},
    },
    {
      given: 'jobs were not there a minute ago, but enqueue has just sent them',
      when: { waiting: 40, before: [{ minutes: 1, visible: 0 }], state: { enqueued: 40 } },
      then: { desired: 10 },
    },
    {
      given: 'the very first look, told by enqueue',
      when: { waiting: 40, before: [], state: { enqueued: 40 }, run: null },
      then: { desired: 10 },
    },
    {
      given: 'machines are on their way for every job',
      when: { waiting: 3, machines: some(3, { joined: false, age: 2 }) },
      then: {},
    },
    {
      given: 'the deployed group allows fewer than the settings',
      when: { waiting: 40, state: { group: { ...situation().group, max: 4 } } },
      then: { desired: 4 },
    },
    {
      given: 'one machine is being taken away, jobs wait for all',
      when: {
        waiting: 40,
        running: 10,
        machines: [...some(9, { tasks: 1 }), { tasks: 1, status: 'DRAINING' }],
      },
      then: {},
    },
    {
      given: 'busy machines of an earlier deployment leave less room',
      when: { waiting: 40, running: 8, machines: some(8, { tasks: 1, worker: 'yesterday' }), desired: 8 },
      then: { desired: 10 },
    },
    {
      given: 'only jobs that wait out a failure: no worker could take one',
      when: { delayed: 12 },
      then: {},
    },
    {
      given: 'only jobs whose machine vanished: their leases have to end first',
      when: { running: 12 },
      then: {},
    },
  ];

  test.each(rows)('$given', ({ when, then }) => {
    expect(brief(decide(situation(when)))).toEqual(then);
  });
});

describe('tasks', () => {
  const rows: Row[] = [
    {
      given: 'a machine has joined',
      when: { waiting: 3, machines: [{}, {}, { joined: false, age: 2 }] },
      then: { start: 2 },
    },
    {
      given: 'fewer jobs than room',
      when: { waiting: 2, settings: { TASKS_PER_MACHINE: 16 }, machines: [{ tasks: 3 }], running: 3 },
      then: { start: 2 },
    },
    {
      given: 'tasks that are starting will take the jobs',
      when: {
        waiting: 2,
        settings: { TASKS_PER_MACHINE: 16 },
        machines: [{ tasks: 5, pending: 2 }],
        running: 3,
      },
      then: {},
    },
    {
      given: 'workers hold more jobs than they run (fetched ahead): no worker for those',
      when: { running: 8, settings: { TASKS_PER_MACHINE: 16 }, machines: [{ tasks: 4 }] },
      then: {},
    },
    {
      given: 'no room on machines that are draining, silent, leaving or of an earlier deployment',
      when: {
        waiting: 9,
        running: 4,
        settings: { CLUSTER_MACHINES: 4, TASKS_PER_MACHINE: 2 },
        desired: 3,
        machines: [
          { tasks: 1, status: 'DRAINING' },
          { tasks: 1, connected: false },
          { tasks: 1, worker: 'yesterday' },
          { tasks: 1, lifecycle: 'Terminating' },
        ],
      },
      then: { desired: 4 },
    },
    {
      given: 'a count that was zero a minute ago is not believed yet',
      when: { waiting: 5, machines: some(3, { tasks: 0 }), before: [{ minutes: 1, visible: 0 }] },
      then: {},
    },
  ];

  test.each(rows)('$given', ({ when, then }) => {
    expect(brief(decide(situation(when)))).toEqual(then);
  });
});

describe('machines in', () => {
  const rows: Row[] = [
    {
      given: 'the queue is empty and a worker has left',
      when: { running: 2, machines: [{ tasks: 1 }, { tasks: 1 }, {}] },
      then: { end: [idOf(2)] },
    },
    {
      given: 'jobs were there a minute ago',
      when: { running: 2, machines: [{ tasks: 1 }, { tasks: 1 }, {}], before: [{ minutes: 1, visible: 5 }] },
      then: {},
    },
    {
      given: 'no earlier reading at all',
      when: { machines: [{}], before: [] },
      then: {},
    },
    {
      given: 'tasks were placed there moments ago and may not show yet',
      when: { machines: [{ remembered: { placed: NOW - 10_000 } }] },
      then: {},
    },
    {
      given: 'machines that have not come and are not needed any more',
      when: { running: 4, machines: some(4, { tasks: 1 }), desired: 10 },
      then: { desired: 4 },
    },
    {
      given: 'machines that have not come, and one that stands idle: desired first, then the machine',
      when: { running: 3, machines: [...some(3, { tasks: 1 }), {}], desired: 10 },
      then: { desired: 4, end: [idOf(3)] },
    },
    {
      given: 'a machine on its way that is not needed any more',
      when: { running: 1, machines: [{ tasks: 1 }, { joined: false, age: 1 }] },
      then: { end: [idOf(1)] },
    },
    {
      given: 'everything is done',
      when: { machines: some(3, {}) },
      then: { end: [0, 1, 2].map(idOf) },
    },
    {
      given: 'an idle machine of an earlier deployment while jobs wait: replaced',
      when: {
        waiting: 9,
        running: 2,
        settings: { CLUSTER_MACHINES: 3 },
        machines: [{ tasks: 1 }, { tasks: 1 }, { worker: 'yesterday' }],
      },
      then: { replace: [idOf(2)] },
    },
    {
      given: 'an idle machine of an earlier deployment, no jobs',
      when: { running: 1, machines: [{ tasks: 1 }, { worker: 'yesterday' }] },
      then: { end: [idOf(1)] },
    },
    {
      given: 'a drained machine that runs nothing, left over from a look that died',
      when: { running: 1, machines: [{ tasks: 1 }, { status: 'DRAINING' }] },
      then: { end: [idOf(1)] },
    },
    {
      given: 'fewer machines are allowed than run: only idle ones go',
      when: {
        waiting: 50,
        running: 3,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [...some(3, { tasks: 1 }), {}],
      },
      then: { end: [idOf(3)] },
    },
  ];

  test.each(rows)('$given', ({ when, then }) => {
    expect(brief(decide(situation(when)))).toEqual(then);
  });

  test('when nothing is left, the group goes to zero in one call', () => {
    const [all] = actionsOf(decide(situation({ machines: some(3, {}) })), 'end machines');
    expect(all?.all).toBe(true);
    const [part] = actionsOf(decide(situation({ running: 1, machines: [{ tasks: 1 }, {}] })), 'end machines');
    expect(part?.all).toBe(false);
  });
});

describe('short jobs', () => {
  const minuteOfStart = { startSeconds: 180 };

  test('what an attempt takes is known from the run before: no machine that joins when the work is done', () => {
    const seconds = decide(
      situation({
        waiting: 1000,
        settings: { CLUSTER_MACHINES: 100 },
        memory: { ...minuteOfStart, attemptSeconds: 2 },
      }),
    );
    expect(brief(seconds)).toEqual({ desired: 12 }); // 2000 s of work, 180 s a machine
    const hours = decide(
      situation({
        waiting: 1000,
        settings: { CLUSTER_MACHINES: 100 },
        memory: { ...minuteOfStart, attemptSeconds: 3600 },
      }),
    );
    expect(brief(hours)).toEqual({ desired: 100 });
  });

  test('machines that work will be done before another could join', () => {
    const run = { done: 500, workerSeconds: 1000 };
    const decision = decide(
      situation({ waiting: 300, running: 5, machines: some(5, { tasks: 1 }), run, memory: minuteOfStart }),
    );
    expect(brief(decision)).toEqual({});
  });
});
