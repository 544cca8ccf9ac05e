/** When nothing more is started, who is told what, and how a run ends. */
import { decide } from '../../lib/monitor/decide.ts';
import type { Memory, Pause } from '../../lib/monitor/memory.ts';
import { embeddedMetrics } from '../../lib/aws/embedded-metrics.ts';
import { metricsOf } from '../../lib/monitor/metrics.ts';
import { MonitorSettingsError, readSettings, toEnvironment } from '../../lib/monitor/settings.ts';
import { enqueuedJobs } from '../../lib/monitor/event.ts';
import { misfitInWords } from '../../lib/monitor/policies/misfit.ts';
import {
  actionsOf,
  brief,
  idOf,
  MINUTE,
  NOW,
  settings,
  situation,
  some,
  type Situation,
} from './situation.ts';

const TASK = settings().TASK_DEFINITION;
const pause = (overrides: Partial<Pause> = {}): Pause => ({
  kind: 'workers do not start',
  since: NOW - 10 * MINUTE,
  why: 'because',
  taskDefinition: TASK,
  probing: false,
  ...overrides,
});
const mailOf = (given: Situation): { subject: string; body: string } =>
  actionsOf(decide(situation(given)), 'mail')[0]!.mail;

describe('a pause', () => {
  const failing: Situation = {
    waiting: 100,
    running: 2,
    machines: some(2, { tasks: 1 }),
    run: { failed: 48, failedInARow: 48, workerSeconds: 48 * 300 },
    state: { ended: { done: 0, failed: 3, dead: 0 } },
  };

  test('begins when every attempt fails; nothing more is started, and the mail says why', () => {
    const decision = decide(situation(failing));
    expect(brief(decision)).toEqual({ mails: ['paused: jobs fail'] });
    expect(decision.memory.pause?.why).toBe('51 attempts in a row failed and none succeeded');
    const { subject, body } = mailOf(failing);
    expect(subject).toBe('Plates: paused, jobs fail');
    expect(body).toContain(
      'Nothing more is started for Plates: 51 attempts in a row failed and none succeeded.',
    );
    expect(body).toContain(`records and logs below ${settings().DESTINATION}/distributed-fiji/Plates/`);
    expect(body).toContain('npm run enqueue');
  });

  test('does not begin when one succeeded among them, nor when the limit is 0', () => {
    const one = { ...failing, state: { ended: { done: 1, failed: 3, dead: 0 } } };
    expect(brief(decide(situation(one)))).toEqual({ desired: 10 });
    const never = { ...failing, settings: { FAILURES_BEFORE_PAUSE: 0 } };
    expect(brief(decide(situation(never)))).toEqual({ desired: 10 });
  });

  test('lets idle machines go and is told once', () => {
    const memory = { pause: pause({ kind: 'jobs fail' }) };
    const decision = decide(situation({ ...failing, machines: [{ tasks: 1 }, {}], memory }));
    expect(brief(decision)).toEqual({ end: [idOf(1)] });
  });

  test.each<[string, Partial<Situation>]>([
    ['a success', { state: { ended: { done: 1, failed: 0, dead: 0 } } }],
    ['a new deployment', { settings: { TASK_DEFINITION: 'PlatesTask:8' } }],
    ['new jobs', { state: { enqueued: 100 } }],
  ])('ends with %s, and old failures count no more', (_, change) => {
    const memory = { pause: pause({ kind: 'jobs fail' }) };
    const decision = decide(situation({ ...failing, state: {}, memory, ...change }));
    expect(decision.memory.pause).toBeNull();
    expect(decision.memory.run?.failedInARow).toBe(0);
    expect(brief(decision)).toEqual({ desired: 10 });
  });

  test('other than for failing jobs, one machine tries after an hour', () => {
    const memory: Partial<Memory> = { pause: pause({ since: NOW - 61 * MINUTE }) };
    const tries = decide(situation({ waiting: 100, memory, run: { badStops: 12 } }));
    expect(brief(tries)).toEqual({ desired: 1 });
    expect(tries.memory.pause?.probing).toBe(true);
    expect(tries.memory.run?.badStops).toBe(0);

    const jobs = decide(
      situation({ waiting: 100, memory: { pause: pause({ kind: 'jobs fail', since: 0 }) } }),
    );
    expect(brief(jobs)).toEqual({});
  });

  test('begins when workers end before any job does', () => {
    const badStops = some(2, {}).map(() => ({
      machine: undefined,
      reason: 'CannotPullContainerError: no such image',
    }));
    const given: Situation = { waiting: 9, machines: some(2, {}), run: { badStops: 9 }, state: { badStops } };
    expect(brief(decide(situation(given)))).toMatchObject({ mails: ['paused: workers do not start'] });
    expect(mailOf(given).body).toContain(
      '11 workers in a row ended before a job did; the last said: CannotPullContainerError',
    );
    const four = { ...given, machines: [...some(4, { tasks: 1 }), {}] };
    expect(decide(situation(four)).memory.pause).toBeNull();
  });

  test.each([
    [4, 11, false],
    [4, 12, true],
    [20, 59, false],
    [20, 60, true],
    [400, 99, false],
    [400, 100, true],
  ])('with %i workers running, %i that ended badly before any job did: paused %s', (running, bad, paused) => {
    const decision = decide(
      situation({
        waiting: 9000,
        running,
        machines: some(running, { tasks: 1 }),
        settings: { CLUSTER_MACHINES: 400 },
        run: { badStops: bad, badStopSaid: 'Essential container in task exited, exit code 1' },
      }),
    );
    expect(decision.memory.pause?.kind).toBe(paused ? 'workers do not start' : undefined);
    if (paused) expect(decision.memory.pause?.why).toMatch(/the last said: .*exit code 1$/);
  });

  test('a machine on which workers end badly is ended, unless they do so on every other too', () => {
    const bad = { remembered: { badStops: 3 } };
    const given = { waiting: 9, settings: { CLUSTER_MACHINES: 2 } };
    expect(brief(decide(situation({ ...given, machines: [bad, {}] })))).toMatchObject({ replace: [idOf(0)] });
    expect(brief(decide(situation({ ...given, machines: [bad] })))).toMatchObject({ replace: [idOf(0)] });
    expect(brief(decide(situation({ ...given, machines: [bad, bad] })))).toEqual({ start: 2 });
  });

  test('begins when machine after machine never joins', () => {
    const late = some(3, { joined: false, age: 16 });
    const decision = decide(situation({ waiting: 9, machines: late }));
    expect(decision.memory.pause?.kind).toBe('machines do not join');
    expect(brief(decision)).toMatchObject({ end: [0, 1, 2].map(idOf) });
    const joins = [...late, { age: 3, tasks: 1 }];
    expect(decide(situation({ waiting: 9, machines: joins })).memory.pause).toBeNull();
  });
});

describe('what does not fit', () => {
  test.each([
    ['RESOURCE:MEMORY', '1 x 6000 MiB of memory do not fit on a machine; the smallest has 7680 MiB'],
    ['RESOURCE:CPU', 'CPU_SHARES'],
    ['RESOURCE:GPU', 'GPU'],
    ['AGENT', 'ECS agent'],
    ['ATTRIBUTE', 'log driver'],
    ['something new', 'ECS finds no place for a task: something new'],
  ])('%s', (reason, words) => {
    expect(misfitInWords(situation({ machines: [{}] }), { reason, looks: 1 })).toContain(words);
  });
});

describe('shortage', () => {
  const short = (message: string): Situation => ({
    waiting: 90,
    running: 4,
    machines: some(4, { tasks: 1 }),
    desired: 10,
    memory: { shortSince: NOW - 6 * MINUTE },
    state: { failedLaunches: [{ message, zone: 'us-east-1b' }] },
  });

  test.each([
    ['UnfulfillableCapacity - ...', 'no Spot machine is free of m5.large, m6i.large in us-east-1b'],
    [
      'We currently do not have sufficient m6i.large capacity in the Availability Zone you requested (us-east-1a)',
      'no Spot machine is free of m6i.large in us-east-1a',
    ],
    ['MaxSpotInstanceCountExceeded', 'Service Quotas'],
    ['Your Spot request price of 0.01 is lower than the minimum required', 'MACHINE_PRICE is below'],
    ['Something else', 'Something else (m5.large, m6i.large in us-east-1b)'],
  ])('%s', (message, words) => {
    const { subject, body } = mailOf(short(message));
    expect(subject).toBe('Plates: 6 of 10 machines are missing');
    expect(body).toContain(words);
  });

  test('is told once a run, and not in its first minutes', () => {
    const told = {
      ...short('UnfulfillableCapacity'),
      memory: { shortSince: 0, mailed: { shortage: NOW - MINUTE } },
    };
    expect(brief(decide(situation(told)))).toEqual({});
    const early = { ...short('UnfulfillableCapacity'), memory: { shortSince: NOW - 4 * MINUTE } };
    expect(brief(decide(situation(early)))).toEqual({});
  });
});

test('messages near their retention are warned of', () => {
  const ages = { queue: 10.5 * 86_400, deadLetters: 86_400 };
  const { subject, body } = mailOf({ running: 1, machines: [{ tasks: 1 }], state: { ages } });
  expect(subject).toBe('Plates: jobs are about to expire');
  expect(body).toContain('The oldest of your jobs is thrown away in 3.5 days.');
  expect(body).toContain('npm run enqueue');
});

test('dead letters near their retention: where their reasons stay, and how to do them again', () => {
  const ages = { queue: 0, deadLetters: 11 * 86_400 };
  const { body } = mailOf({ running: 1, machines: [{ tasks: 1 }], state: { ages } });
  expect(body).toContain('Nothing is lost with them');
  expect(body).toContain('npm run enqueue');
});

test('a run in which nothing ends for hours is told of, once', () => {
  const given: Situation = {
    waiting: 5,
    running: 1,
    settings: { CLUSTER_MACHINES: 1 },
    machines: [{ tasks: 1 }],
    run: { lastEnded: NOW - 181 * MINUTE },
  };
  expect(brief(decide(situation(given)))).toEqual({ mails: ['stalled'] });
  expect(brief(decide(situation({ ...given, memory: { mailed: { stalled: NOW - MINUTE } } })))).toEqual({});
});

describe('the end of a run', () => {
  const over: Situation = {
    before: [{ minutes: 3 }, { minutes: 2 }, { minutes: 1 }],
    run: { done: 1200, dead: 3, machineSeconds: 7200, dollars: 0.07, peak: 4 },
  };

  test('comes when nothing waits, runs or is paid for: one mail, and the run is forgotten', () => {
    const decision = decide(situation({ ...over, settings: { DASHBOARD_NAME: 'Plates' } }));
    expect(decision.actions.map(({ kind }) => kind)).toEqual(['mail', 'remove dashboard']);
    const next = situation({ waiting: 3, run: null, settings: { DASHBOARD_NAME: 'Plates' } });
    expect(decide(next).actions.at(-1)).toEqual({ kind: 'put dashboard', name: 'Plates' });
    expect(brief(decide({ ...next, memory: decide(next).memory }))).not.toHaveProperty('put dashboard');
    expect(decision.memory).toMatchObject({ run: null, readings: [], mailed: {} });
    const { subject, body } = mailOf(over);
    expect(subject).toBe('Plates: 1,200 done, 3 failed');
    expect(body).toContain('machine hours  2.0, at most 4 machines at once');
    expect(body).toContain('dollars        0.07 for Spot machines');
    expect(body).toContain('records and logs below s3://');
  });

  test('what every record says counts more than what was counted on the way', () => {
    const recount = { done: 1300, failed: 9, dead: 4 };
    expect(mailOf({ ...over, state: { recount } }).subject).toBe('Plates: 1,300 done, 4 failed');
  });

  test.each<[string, Situation]>([
    ['a job is held by a machine that vanished', { ...over, running: 1 }],
    ['a job waits out its failure', { ...over, delayed: 1 }],
    [
      'a reading two minutes ago saw a job',
      { ...over, before: [{ minutes: 3 }, { minutes: 2, visible: 1 }, { minutes: 1 }] },
    ],
    ['a machine is still there', { ...over, machines: [{ tasks: 1 }] }],
  ])('does not come while %s', (_, given) => {
    expect(decide(situation(given)).memory.run).not.toBeNull();
  });

  test('nobody hears of a run that never was: one odd reading, and nothing more', () => {
    const odd = { ...over, run: {} };
    expect(brief(decide(situation(odd)))).toEqual({});
    expect(decide(situation(odd)).memory.run).toBeNull();
  });
});

test('the price of a minute: machines there, come and gone, at their pool’s price', () => {
  const prices = { at: NOW, pools: { 'm5.large us-east-1a': 0.6 } };
  const gone = { since: NOW - 9 * MINUTE, pool: 'm5.large us-east-1a' };
  const state = situation({ running: 2, machines: [{ tasks: 1 }, { tasks: 1 }], memory: { prices } });
  state.memory.machines['i-gone'] = gone;
  const { run } = decide(state).memory;
  expect(run?.machineSeconds).toBe(150);
  expect(run?.dollars).toBeCloseTo((150 / 3600) * 0.6);
  expect(run?.interrupted).toBe(1);
});

test('metrics are those of a run, in the embedded format, with one dimension', () => {
  const state = situation({ waiting: 5, running: 2, machines: some(2, { tasks: 1 }) });
  const { memory } = decide(state);
  const line = JSON.parse(embeddedMetrics('Plates', NOW, metricsOf(state, memory)!)) as Record<
    string,
    unknown
  >;
  expect(line).toMatchObject({
    App: 'Plates',
    JobsWaiting: 5,
    JobsRunning: 2,
    MachinesThere: 2,
    WorkersRunning: 2,
  });
  expect(line._aws).toMatchObject({
    Timestamp: NOW,
    CloudWatchMetrics: [{ Namespace: 'DistributedFiji', Dimensions: [['App']] }],
  });
  expect(metricsOf(state, { ...memory, run: null })).toBeUndefined();
});

describe('settings', () => {
  test('survive the environment', () => {
    const given = settings({ ON_DEMAND_MACHINES: 2, TOPIC_ARN: 'arn:topic', CLUSTER_IS_SHARED: 'true' });
    expect(readSettings(toEnvironment({ ...given, CLUSTER_IS_SHARED: 'true' }))).toEqual(given);
  });

  test('that are wrong are all named at once', () => {
    const wrong = {
      ...toEnvironment({ ...settings(), CLUSTER_IS_SHARED: 'false' }),
      CLUSTER_MACHINES: 'ten',
      DESTINATION: '/folder',
      SQS_QUEUE_URL: '',
    };
    expect(() => readSettings(wrong)).toThrow(MonitorSettingsError);
    expect(() => readSettings(wrong)).toThrow(
      /SQS_QUEUE_URL is missing[^]*CLUSTER_MACHINES is "ten"[^]*DESTINATION is "\/folder"/,
    );
  });
});

test('only what enqueue says counts as news of jobs', () => {
  expect(enqueuedJobs({ enqueued: 12 })).toBe(12);
  for (const other of [{ enqueued: 0 }, { enqueued: 'x' }, { source: 'aws.ecs' }, undefined, 'hello']) {
    expect(enqueuedJobs(other)).toBeUndefined();
  }
});
