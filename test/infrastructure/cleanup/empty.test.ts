/** Emptying a fleet, by AWS's own calls: what is left of machines and tasks, whatever state they are in. */
import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import {
  DeleteClusterCommand,
  DeregisterContainerInstanceCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  emptyFleet,
  type Fleet,
  MachinesRemainError,
  type Tools,
} from '../../../lib/infrastructure/cleanup/empty.ts';
import { MACHINE_ATTRIBUTES } from '../../../lib/monitor/settings.ts';
import { motoIsMissing } from '../../fixtures/moto.ts';
import { type AwsServer, startAws } from '../../monitor/aws-server.ts';
import { RunOnAws } from '../../monitor/run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`emptying a fleet${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  /** A run with two machines in the cluster and a worker on each. */
  async function busyRun(name: string): Promise<{ run: RunOnAws; nodes: string[] }> {
    const run = await RunOnAws.make(server.strict.endpoint, name);
    await desire(run, 2);
    const nodes: string[] = [];
    for (const machine of (await run.group()).machines) nodes.push(await run.join(machine));
    await startTasks(run, 2);
    expect(await run.tasks()).toHaveLength(2);
    return { run, nodes };
  }

  const desire = (run: RunOnAws, machines: number) =>
    run.aws.autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: run.settings.AUTO_SCALING_GROUP,
        DesiredCapacity: machines,
      }),
    );

  const startTasks = (run: RunOnAws, count: number) =>
    run.aws.ecs.send(
      new RunTaskCommand({
        cluster: run.settings.ECS_CLUSTER,
        taskDefinition: run.settings.TASK_DEFINITION,
        count,
      }),
    );

  const fleetOf = ({ settings }: RunOnAws, machines?: string): Fleet => ({
    group: settings.AUTO_SCALING_GROUP,
    cluster: settings.ECS_CLUSTER,
    taskFamily: `${settings.APP_NAME}Task`,
    machines,
  });

  const toolsOf = ({ aws }: RunOnAws, rest: Partial<Tools> = {}): Tools => ({
    autoScaling: aws.autoScaling,
    ecs: aws.ecs,
    log: () => undefined,
    pause: 10,
    deadline: Date.now() + 60_000,
    ...rest,
  });

  test('given busy machines, then workers are stopped, machines ended, and ghosts struck off', async () => {
    const { run } = await busyRun('Busy');
    const said: string[] = [];
    await emptyFleet(fleetOf(run), toolsOf(run, { log: (line) => said.push(line) }));
    expect((await run.group()).machines).toEqual([]);
    expect(await run.tasks()).toEqual([]);
    // Its machines have ended, and moto, as AWS does with a silent agent, keeps them registered.
    expect(await run.nodes()).toEqual(new Map());
    expect(said[0]).toBe('Busy wants no machines any more');
    expect(said.filter((line) => line.startsWith('struck off'))).toHaveLength(2);
    await expect(desire(run, 1)).rejects.toThrow('above max value 0');
    run.close();
  });

  test('given ghosts alone, silent or draining and with tasks, then the cluster can be removed', async () => {
    const { run, nodes } = await busyRun('Ghosts');
    await desire(run, 0);
    server.strict.silent.add(nodes[0] as string);
    await run.aws.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: run.settings.ECS_CLUSTER,
        containerInstances: [nodes[1] as string],
        status: 'DRAINING',
      }),
    );
    await emptyFleet(fleetOf(run), toolsOf(run));
    expect(await run.nodes()).toEqual(new Map());
    run.close();
  });

  test('given a cluster of others, then their machines stay', async () => {
    const { run } = await busyRun('Shared');
    const other = await RunOnAws.make(server.strict.endpoint, 'Neighbour');
    await desire(other, 1);
    const [machine = ''] = (await other.group()).machines;
    const neighbour = await run.join(machine, { app: 'Neighbour' });
    await emptyFleet(fleetOf(run, `attribute:${MACHINE_ATTRIBUTES.app} == Shared`), toolsOf(run));
    expect([...(await run.nodes()).keys()]).toEqual([neighbour]);
    expect((await other.group()).machines).toEqual([machine]);
    run.close();
    other.close();
  });

  test('given tasks and machines that leave while it looks, then it goes on', async () => {
    const { run, nodes } = await busyRun('Leaving');
    const { ecs } = run.aws;
    const cluster = run.settings.ECS_CLUSTER;
    // Each is gone a moment before the clean-up asks for it.
    const leave = { name: 'leave', step: 'initialize', priority: 'high' } as const;
    const left = new Set<unknown>();
    ecs.middlewareStack.add(
      (next) => async (args) => {
        const { task, containerInstance } = args.input as { task?: string; containerInstance?: string };
        const subject = task ?? containerInstance;
        if (subject !== undefined && !left.has(subject)) {
          left.add(subject);
          await (task === undefined
            ? ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true }))
            : ecs.send(new StopTaskCommand({ cluster, task })));
        }
        return next(args);
      },
      leave,
    );
    await emptyFleet(fleetOf(run), toolsOf(run));
    expect(left.size).toBe(2 + nodes.length);
    ecs.middlewareStack.remove('leave');
    expect(await run.nodes()).toEqual(new Map());
    run.close();
  });

  test('given that group or cluster were removed by hand, then nothing is left to do', async () => {
    const run = await RunOnAws.make(server.strict.endpoint, 'ByHand');
    await run.aws.ecs.send(new DeleteClusterCommand({ cluster: run.settings.ECS_CLUSTER }));
    await emptyFleet({ ...fleetOf(run), group: 'removed' }, toolsOf(run));
    run.close();
  });

  test('given machines that AWS has not ended in time, then they are named, with what to do', async () => {
    const { run } = await busyRun('Slow');
    const { machines } = await run.group();
    const { autoScaling } = run.aws;
    // AWS answers at once, and takes minutes to end them.
    autoScaling.middlewareStack.add(
      (next, context) => async (args) =>
        context.commandName === 'UpdateAutoScalingGroupCommand'
          ? { output: { $metadata: {} }, response: {} }
          : next(args),
      { name: 'slow', step: 'initialize' },
    );
    const slow = emptyFleet(fleetOf(run), toolsOf(run, { deadline: Date.now() + 100, pause: 20 }));
    await expect(slow).rejects.toThrow(MachinesRemainError);
    await expect(slow).rejects.toThrow(`2 machines are still ending: ${machines.join(', ')}.`);
    expect(await run.tasks()).toEqual([]); // but nobody works on them any more
    autoScaling.middlewareStack.remove('slow');
    await emptyFleet(fleetOf(run), toolsOf(run)); // the next `cdk destroy`
    expect(await run.nodes()).toEqual(new Map());
    run.close();
  });
});
