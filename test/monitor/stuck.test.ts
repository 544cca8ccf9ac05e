/** Everything goes to zero: a machine whose worker hangs or is lost is ended, busy or not; every other busy one is not. */
import { decide } from '../../lib/monitor/decide.ts';
import { memory as memorySchema } from '../../lib/monitor/memory.ts';
import { actionsOf, brief, idOf, MINUTE, NOW, situation, type Situation } from './situation.ts';

const HOUR = 60 * MINUTE;
/** 15 minutes on top of the minute that a worker waits for a job. */
const LONG = 16 * MINUTE;
const emptyFor = (milliseconds: number) => ({ emptySince: NOW - milliseconds });
const idle = { WORKER_IDLE_SECONDS: 60 };
const silentFor = (milliseconds: number) => ({
  tasks: 1,
  connected: false,
  remembered: { silent: NOW - milliseconds },
});

describe('a machine whose worker does not leave', () => {
  const rows: { given: string; when: Situation; then: Record<string, unknown> }[] = [
    {
      given: 'the queue has been empty long enough: ended, and told',
      when: { settings: idle, machines: [{ tasks: 1 }], memory: emptyFor(LONG) },
      then: { end: [idOf(0)], mails: ['machines ended'] },
    },
    {
      given: 'not long enough yet',
      when: { settings: idle, machines: [{ tasks: 1 }], memory: emptyFor(LONG - 1) },
      then: {},
    },
    {
      given: 'workers may wait an hour for a job: 15 minutes on top of it',
      when: {
        settings: { WORKER_IDLE_SECONDS: 3600 },
        machines: [{ tasks: 1 }],
        memory: emptyFor(HOUR + 14 * MINUTE),
      },
      then: {},
    },
    {
      given: 'an hour and 15 minutes',
      when: {
        settings: { WORKER_IDLE_SECONDS: 3600 },
        machines: [{ tasks: 1 }],
        memory: emptyFor(HOUR + 15 * MINUTE),
      },
      then: { end: [idOf(0)], mails: ['machines ended'] },
    },
    {
      given: 'how long workers wait is not known (an earlier deployment): as long as they may',
      when: { machines: [{ tasks: 1 }], memory: emptyFor(HOUR) },
      then: {},
    },
    {
      given: 'a job is in flight: a worker may be at it, or wait for its record',
      when: { settings: idle, running: 1, machines: [{ tasks: 1 }], memory: emptyFor(LONG) },
      then: {},
    },
    {
      given: 'a job was in flight a minute ago',
      when: {
        settings: idle,
        machines: [{ tasks: 1 }],
        before: [{ minutes: 2 }, { minutes: 1, inFlight: 1 }],
        memory: emptyFor(LONG),
      },
      then: {},
    },
    {
      given: 'a job waits out its failure',
      when: { settings: idle, delayed: 1, machines: [{ tasks: 1 }], memory: emptyFor(LONG) },
      then: {},
    },
    {
      given: 'enqueue has just sent jobs that SQS does not show yet',
      when: {
        settings: idle,
        machines: [{ tasks: 1 }],
        memory: emptyFor(LONG),
        state: { enqueued: 5 },
      },
      then: {},
    },
    {
      given: 'the worker was started since: it may still pull its image',
      when: {
        settings: idle,
        machines: [{ tasks: 1, pending: 1, remembered: { placed: NOW - 5 * MINUTE } }],
        memory: emptyFor(HOUR),
      },
      then: {},
    },
    {
      given: 'nobody has looked for a while: what was between is not known',
      when: {
        settings: idle,
        machines: [{ tasks: 1 }],
        memory: { ...emptyFor(LONG), lastLook: NOW - 6 * MINUTE },
      },
      then: {},
    },
    {
      given: 'somebody else’s task in a shared cluster: none of ours to judge',
      when: {
        settings: { ...idle, CLUSTER_IS_SHARED: true, TASKS_PER_MACHINE: 2 },
        machines: [{ tasks: 2, strangers: 1 }],
        memory: emptyFor(HOUR),
      },
      then: {},
    },
    {
      given: 'one hangs and one is idle: both go',
      when: { settings: idle, machines: [{ tasks: 1 }, {}], memory: emptyFor(LONG) },
      then: { end: [idOf(0), idOf(1)], mails: ['machines ended'] },
    },
    {
      given:
        'the agent has been silent for longer than a lease, and other jobs wait: ended, whatever runs there',
      when: {
        waiting: 9,
        running: 1,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ tasks: 1 }, silentFor(12 * HOUR + 1)],
      },
      then: { end: [idOf(1)], mails: ['machines ended'] },
    },
    {
      given: 'the agent has been silent for as long as a job may take, no longer',
      when: { running: 1, machines: [silentFor(12 * HOUR)] },
      then: {},
    },
    {
      given: 'the agent was silent twelve hours ago and is now; nobody looked between',
      when: { running: 1, machines: [silentFor(13 * HOUR)], memory: { lastLook: NOW - HOUR } },
      then: {},
    },
  ];

  test.each(rows)('$given', ({ when, then }) => {
    expect(brief(decide(situation(when)))).toEqual(then);
  });

  test('the place of one that was ended is taken a minute later, if jobs want it', () => {
    const after = situation({
      waiting: 9,
      running: 1,
      settings: { CLUSTER_MACHINES: 2 },
      machines: [{ tasks: 1 }, { ...silentFor(12 * HOUR + 1), lifecycle: 'Terminating' }],
      desired: 1,
    });
    expect(brief(decide(after))).toEqual({ desired: 2 });
  });

  test('the mail names it, and says why', () => {
    const bodyOf = (when: Situation) => actionsOf(decide(situation(when)), 'mail')[0]!.mail.body;
    expect(bodyOf({ settings: idle, machines: [{ tasks: 2 }], memory: emptyFor(LONG) })).toContain(
      'i-0000 (m5.large, us-east-1a): no job has waited or been at work for 16 minutes, and 2 workers on it did not leave. Ended.',
    );
    expect(bodyOf({ running: 1, machines: [silentFor(13 * HOUR)] })).toContain(
      'i-0000 (m5.large, us-east-1a): its ECS agent has been silent for 12 hours',
    );
  });

  test('since when the queue is empty: kept from look to look, until something is seen', () => {
    const sinceOf = (when: Situation) =>
      decide(situation({ machines: [{ tasks: 1 }], ...when })).memory.emptySince;
    expect(sinceOf({})).toBe(NOW);
    expect(sinceOf({ memory: emptyFor(MINUTE) })).toBe(NOW - MINUTE);
    expect(sinceOf({ memory: { ...emptyFor(MINUTE), lastLook: NOW - 6 * MINUTE } })).toBe(NOW);
    for (const seen of [{ waiting: 1 }, { running: 1 }, { delayed: 1 }, { state: { enqueued: 1 } }]) {
      expect(sinceOf({ ...seen, memory: emptyFor(MINUTE) })).toBeNull();
    }
  });

  test('a memory of an earlier version, which knows nothing of that, can be read', () => {
    const { emptySince, ...earlier } = decide(situation({ running: 1 })).memory;
    expect(emptySince).toBeNull();
    expect(memorySchema.parse(earlier)).toEqual({ ...earlier, emptySince });
  });
});
