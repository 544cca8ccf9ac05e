/** Every call of the monitor against a server that answers as AWS does, and refuses what AWS refuses. */
import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BLANK } from '../../lib/monitor/memory.ts';
import { cloudFormationClient } from '../../lib/aws/control-clients.ts';
import { deployedSettings } from '../../lib/monitor/deployed.ts';
import { commit, recall } from '../../lib/monitor/memory-object.ts';
import { tick } from '../../lib/monitor/tick.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import type { StrictAws } from '../fixtures/strict-aws.ts';
import { type AwsServer, kindsOf, MINUTE, minutes, startAws } from './aws-server.ts';
import { RunOnAws } from './run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

whereMotoIs(`the monitor on AWS's calls${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  let strict: StrictAws;
  const said: string[] = [];
  const { look, time } = minutes((line) => said.push(line));

  beforeAll(async () => {
    server = await startAws();
    strict = server.strict;
  });
  afterAll(() => server.stop());

  test('a run from its first job to zero: machines, tasks, the mail', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Whole');
    expect(kindsOf(await look(run))).toEqual([]); // idle: and nothing is written
    expect((await recall(run.aws, run.settings)).version).toBeUndefined();

    await run.sendJobs(5);
    const calm = strict.calls.length;
    expect(kindsOf(await look(run, 5))).toEqual(['suspend rebalancing', 'set desired']);
    // In this order: with two zones the first machines would be evened out at once.
    const changes = strict.calls.slice(calm).filter((call) => /^autoscaling:(?!Describe)/.test(call));
    expect(changes).toEqual(['autoscaling:SuspendProcesses', 'autoscaling:SetDesiredCapacity']);
    const started = await run.group();
    expect(started.desired).toBe(3);
    expect(started.suspended).toContain('AZRebalance');

    const [first, second] = started.machines as [string, string, string]; // the third never joins
    await run.join(first);
    await run.join(second);
    expect(kindsOf(await look(run))).toEqual(['start tasks']);
    expect(await run.tasks()).toEqual([first, first, second, second].sort());

    // Everything is done, and the workers of one machine have left.
    await run.record(time.now, { done: 4, failed: 2, dead: 1 });
    await run.emptyQueue();
    await run.workersLeave(second);
    await look(run);
    expect(kindsOf(await look(run))).toEqual(['end machines']);
    expect((await run.group()).machines).toEqual([first]);
    expect((await run.group()).desired).toBe(1);
    expect((await run.nodes()).size).toBe(2); // moto keeps the ended machine registered: a ghost to be

    await run.workersLeave(first);
    const calls = strict.calls.length;
    expect(kindsOf(await look(run))).toEqual(['end machines']);
    expect(await run.group()).toMatchObject({ desired: 0, machines: [] });
    const ending = strict.calls.slice(calls);
    expect(ending).toContain('autoscaling:SetDesiredCapacity');
    expect(ending).not.toContain('autoscaling:TerminateInstanceInAutoScalingGroup');

    // What ECS never heard the end of is deregistered, the run ends, and one mail says so.
    for (const arn of (await run.nodes()).keys()) strict.silent.add(arn);
    const later: string[] = [];
    for (let minute = 0; minute < 9; minute++) later.push(...kindsOf(await look(run)));
    expect(later.filter((kind) => kind === 'deregister')).toHaveLength(2);
    expect((await run.nodes()).size).toBe(0);
    expect(later.filter((kind) => kind === 'mail')).toHaveLength(1);
    const [mail] = await run.mails();
    expect(mail?.subject).toBe('Whole: 4 done, 1 failed');
    expect(mail?.body).toMatch(/machine hours {2}0\.\d, at most 3 machines at once/);
    expect(mail?.body).toMatch(/dollars +\d+\.\d\d for Spot machines/);
    expect(kindsOf(await look(run))).toEqual([]);
    run.close();
  });

  test('tasks that do not fit: ECS says why, the mail says what to change, and nothing more is started', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Misfit', { memory: 9000, tasks: 1, machines: 1 });
    await run.sendJobs(3);
    await look(run, 3);
    await run.join((await run.group()).machines[0] as string);
    for (let minute = 0; minute < 5; minute++) await look(run);

    const mails = await run.mails();
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Misfit: a task does not fit',
      'Misfit: paused, tasks do not fit',
    ]);
    expect(mails[0]?.body).toContain(
      '1 x 9000 MiB of memory do not fit on a machine; the smallest has 7482 MiB for them (RESOURCE:MEMORY)',
    );
    expect((await run.group()).desired).toBe(0);
    run.close();
  });

  test('RunTask refused: asked three times, then no machine is kept for it; one that is too busy is asked again', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Refused', { machines: 2 });
    const asked = () => strict.calls.filter((call) => call === 'ecs:RunTask').length;
    await run.sendJobs(9);
    await look(run, 9);
    for (const machine of (await run.group()).machines) await run.join(machine);

    // As the SDK throws it, when it has tried long enough.
    const original = run.aws.ecs.send.bind(run.aws.ecs);
    run.aws.ecs.send = (async (command: object) => {
      if (!(command instanceof RunTaskCommand)) return original(command as never);
      const busy = { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } };
      throw Object.assign(new Error('Rate exceeded'), busy);
    }) as never;
    for (let minute = 0; minute < 5; minute++) await expect(look(run)).rejects.toThrow('Rate exceeded');
    run.aws.ecs.send = original;
    expect((await run.group()).desired).toBe(2);
    expect(await run.mails()).toEqual([]);

    const before = asked();
    strict.denied.add('ecs:TagResource');
    for (let minute = 0; minute < 3; minute++) await expect(look(run)).rejects.toThrow('ecs:TagResource');
    for (let minute = 0; minute < 30; minute++) await look(run);
    strict.denied.clear();
    expect(asked() - before).toBe(3);
    expect((await run.group()).desired).toBe(0);
    const mails = (await run.mails()).filter(({ subject }) => subject.includes('paused'));
    expect(mails.map(({ subject }) => subject)).toEqual(['Refused: paused, workers are refused']);
    expect(mails[0]?.body).toContain(
      'ECS refuses to start workers: User is not authorized to perform: ecs:TagResource.',
    );
    run.close();
  });

  test('a worker of an earlier deployment gets no task; its machine is replaced when it is empty', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Outdated', { machines: 2 });
    await run.sendJobs(9);
    await look(run, 9);
    const [old, fresh] = (await run.group()).machines as [string, string];
    await run.join(old, { worker: 'yesterday' });
    await run.join(fresh);
    expect(kindsOf(await look(run))).toEqual(['end machines', 'start tasks']);
    expect(await run.tasks()).toEqual([fresh, fresh]);
    const { desired, machines } = await run.group();
    expect(desired).toBe(2);
    expect(machines).toContain(fresh);
    expect(machines).not.toContain(old);
    run.close();
  });

  test('workers that end as soon as they start: nothing more is started, and the mail says what the last said', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Crashing', { tasks: 4, memory: 1500, machines: 2 });
    await run.sendJobs(50);
    await look(run, 50);
    const machines = (await run.group()).machines as [string, string];
    for (const machine of machines) await run.join(machine);

    const started: number[] = [];
    for (let minute = 0; minute < 4; minute++) {
      await look(run);
      started.push((await run.tasks()).length);
      const ended = (await Promise.all(machines.map((machine) => run.workersLeave(machine)))).flat();
      for (const task of ended) strict.exits.set(task, { at: new Date(time.now + 1000), code: 1 });
    }
    expect(started).toEqual([8, 8, 0, 0]);
    const mails = (await run.mails()).filter(({ subject }) => subject.includes('paused'));
    expect(mails.map(({ subject }) => subject)).toEqual(['Crashing: paused, workers do not start']);
    expect(mails[0]?.body).toContain(
      '16 workers in a row ended before a job did; the last said: Essential container in task exited, exit code 1',
    );
    run.close();
  });

  test('a deploy during a run: workers are told whose they are, and the word changes before any new one starts', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Deployed', { machines: 1 });
    await run.sendJobs(9);
    await look(run, 9);
    const [machine] = (await run.group()).machines as [string];
    await run.join(machine);
    await look(run);
    const first = run.settings.TASK_DEFINITION;
    expect(await run.inForce()).toBe(first);
    expect(await run.told()).toEqual([
      { DEPLOYMENT: first, DEPLOYMENT_IN: run.settings.MONITOR_MEMORY },
      { DEPLOYMENT: first, DEPLOYMENT_IN: run.settings.MONITOR_MEMORY },
    ]);

    // The same machines will do: their workers leave, and others take their places.
    const next = await run.deploy();
    await look(next);
    expect(await next.inForce()).toBe(next.settings.TASK_DEFINITION);
    expect((await next.tasks()).length).toBe(2); // nobody was stopped
    await next.workersLeave(machine);
    await look(next);
    expect(await next.tasks()).toEqual([machine, machine]);
    expect((await next.told()).map(({ DEPLOYMENT }) => DEPLOYMENT)).toEqual(
      Array(2).fill(next.settings.TASK_DEFINITION),
    );
    run.close();
  });

  test('a shortage of Spot machines is told with type and zone', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Short', { machines: 2 });
    await run.sendJobs(9);
    await look(run, 9);
    // moto gives every machine at once: the group is made to want one that it does not have.
    const [gone] = (await run.group()).machines as [string, string];
    const hide = run.aws.autoScaling.send.bind(run.aws.autoScaling);
    run.aws.autoScaling.send = (async (command: { constructor: { name: string } }) => {
      const answer = (await hide(command as never)) as {
        AutoScalingGroups?: { Instances?: { InstanceId: string }[] }[];
      };
      for (const group of answer.AutoScalingGroups ?? []) {
        group.Instances = (group.Instances ?? []).filter(({ InstanceId }) => InstanceId !== gone);
      }
      return answer;
    }) as never;
    strict.failedLaunches = [
      {
        at: new Date(time.now),
        message:
          'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration.',
        details: '{"Subnet ID":"subnet-1","Availability Zone":"us-east-1a"}',
      },
    ];
    for (let minute = 0; minute < 7; minute++) await look(run);
    strict.failedLaunches = [];

    const mails = await run.mails();
    expect(mails.map(({ subject }) => subject)).toEqual(['Short: 1 of 2 machines are missing']);
    expect(mails[0]?.body).toContain(
      'no Spot machine is free of m5.large, m6i.large in us-east-1a. Add machine types',
    );
    run.close();
  });

  test('of two monitors that look at once, one acts', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Two', { machines: 3 });
    await run.sendJobs(9);
    const now = time.now + MINUTE;
    time.now = now;
    const both = await Promise.all(
      [1, 2].map(() =>
        tick({ aws: run.aws, settings: run.settings, now, enqueued: 9, say: () => undefined }),
      ),
    );
    expect(both.map(({ kind }) => kind).sort()).toEqual(['another acts', 'looked']);
    expect((await run.group()).desired).toBe(3);
    run.close();
  });

  test('a claim that was never lifted lapses', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Lapsed');
    await commit(
      run.aws,
      run.settings,
      { ...BLANK, claim: { by: 'a Lambda that died', at: time.now } },
      undefined,
    );
    await run.sendJobs(2);
    expect((await look(run, 2)).kind).toBe('another acts');
    expect(kindsOf(await look(run, 2))).toContain('set desired');
    run.close();
  });

  test('a stack that is not there', async () => {
    const client = cloudFormationClient({
      endpoint: strict.endpoint,
      region: 'us-east-1',
      credentials: KEYS,
    });
    await expect(deployedSettings(client, 'Nowhere', 'us-east-1')).rejects.toThrow(
      'The stack Nowhere in us-east-1 does not exist.',
    );
  });

  test('the server in front refuses what AWS refuses', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Refuses', { machines: 2 });
    await expect(
      run.aws.autoScaling.send(
        new SetDesiredCapacityCommand({ AutoScalingGroupName: 'Refuses', DesiredCapacity: 3 }),
      ),
    ).rejects.toThrow('above max value 2');
    await expect(
      run.aws.ecs.send(
        new RunTaskCommand({ cluster: 'Refuses', taskDefinition: run.settings.TASK_DEFINITION, count: 11 }),
      ),
    ).rejects.toThrow('count');
    run.close();
  });
});
