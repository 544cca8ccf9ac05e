/** The last look at a machine that is to be ended although tasks are counted on it. */
import {
  DescribeContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Aws } from '../../../lib/monitor/aws.ts';
import { commit, recall } from '../../../lib/monitor/memory-object.ts';
import type { MonitorSettings } from '../../../lib/monitor/settings.ts';
import { motoIsMissing } from '../../fixtures/moto.ts';
import { type AwsServer, kindsOf, MINUTE, minutes, startAws } from '../aws-server.ts';
import { RunOnAws } from '../run-on-aws.ts';

const HOUR = 60 * MINUTE;
const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`ending a machine with workers on it${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  const { look, time } = minutes();
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  /** Something that happens right before the first call of ECS that is meant. */
  function before(
    { aws }: { aws: Aws },
    isMeant: (command: object) => boolean,
    happens: () => unknown,
  ): void {
    const original = aws.ecs.send.bind(aws.ecs);
    aws.ecs.send = (async (command: object) => {
      if (isMeant(command)) {
        aws.ecs.send = original;
        await happens();
      }
      return original(command as never);
    }) as never;
  }

  /** As if half a day of looks had found its agent silent. */
  async function silentSince(
    { aws, settings }: { aws: Aws; settings: MonitorSettings },
    id: string,
    silent: number,
  ): Promise<void> {
    const { memory, version } = await recall(aws, settings);
    const machines = { ...memory.machines, [id]: { ...memory.machines[id]!, silent } };
    await commit(aws, settings, { ...memory, machines }, version);
  }

  /** A run whose jobs are done, and whose workers are still counted on its machines. */
  async function hanging(name: string, machines: number, more: Partial<MonitorSettings> = {}) {
    const made = await RunOnAws.make(server.strict.endpoint, name, { machines, tasks: 1 });
    const run = { aws: made.aws, settings: { ...made.settings, WORKER_IDLE_SECONDS: 60, ...more } };
    await made.sendJobs(machines);
    await look(run, machines);
    const ids = (await made.group()).machines;
    const arns = [];
    for (const id of ids) arns.push(await made.join(id));
    await look(run);
    expect(await made.tasks()).toEqual([...ids].sort());
    await made.emptyQueue();
    return { made, run, ids, arns };
  }

  test('a worker hangs: nothing for a quarter of an hour, then the machine goes, and the run ends', async () => {
    const { made, run, arns } = await hanging('Hanging', 1);
    const quiet: string[] = [];
    for (let minute = 0; minute < 16; minute++) quiet.push(...kindsOf(await look(run)));
    expect(quiet).toEqual([]);
    expect(kindsOf(await look(run))).toEqual(['end machines', 'mail']);
    expect(await made.group()).toMatchObject({ desired: 0, machines: [] });
    const [mail] = await made.mails();
    expect(mail?.subject).toBe('Hanging: 1 machine(s) ended that did not work');
    expect(mail?.body).toMatch(/for 16 minutes, and 1 worker on it did not leave\. Ended\./);

    server.strict.silent.add(arns[0]!); // the machine is gone; ECS counts the task on it still
    for (let minute = 0; minute < 9; minute++) await look(run);
    expect((await made.nodes()).size).toBe(0);
    expect((await made.mails()).map(({ subject }) => subject)).toEqual(['Hanging: 0 done, 0 failed']);
    expect(kindsOf(await look(run))).toEqual([]);
    made.close();
  });

  test('somebody else’s task runs there, in a cluster that they share: the machine stays for it', async () => {
    const { made, run, ids } = await hanging('Shared', 1, { CLUSTER_IS_SHARED: true });
    const { ecs } = made.aws;
    const theirs = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'Theirs',
        containerDefinitions: [{ name: 'theirs', image: 'r', memory: 500 }],
      }),
    );
    const taskDefinition = theirs.taskDefinition?.taskDefinitionArn;
    await ecs.send(new RunTaskCommand({ cluster: 'Shared', taskDefinition, startedBy: 'colleague' }));
    const kinds: string[] = [];
    for (let minute = 0; minute < 20; minute++) kinds.push(...kindsOf(await look(run)));
    expect(kinds).not.toContain('end machines');
    expect((await made.group()).machines).toEqual(ids);
    made.close();
  });

  test('jobs come between the look and the end: the machine is spared, and takes tasks again', async () => {
    const { made, run, ids, arns } = await hanging('Reprieved', 1);
    for (let minute = 0; minute < 16; minute++) await look(run);
    before(
      made,
      (command) => command instanceof UpdateContainerInstancesStateCommand,
      async () => made.sendJobs(1),
    );
    expect(kindsOf(await look(run))).toContain('end machines');
    expect((await made.group()).machines).toEqual(ids);
    expect((await made.nodes()).get(arns[0]!)?.status).toBe('ACTIVE');
    made.close();
  });

  test('an agent has been silent for half a day: its machine goes, one that works stays', async () => {
    const { made, run, ids, arns } = await hanging('Silent', 2);
    await made.sendJobs(1); // the other's; so the queue is never empty
    server.strict.silent.add(arns[0]!);
    await look(run);
    await silentSince(run, ids[0]!, time.now - 12 * HOUR);
    expect(kindsOf(await look(run))).toContain('end machines');
    expect((await made.group()).machines).toEqual([ids[1]]);
    made.close();
  });

  test('its agent speaks again at the last moment: spared', async () => {
    const { made, run, ids, arns } = await hanging('Speaks', 2);
    await made.sendJobs(1);
    server.strict.silent.add(arns[0]!);
    await look(run);
    await silentSince(run, ids[0]!, time.now - 12 * HOUR);
    before(
      made,
      (command) =>
        command instanceof DescribeContainerInstancesCommand &&
        command.input.containerInstances?.length === 1,
      () => server.strict.silent.delete(arns[0]!),
    );
    expect(kindsOf(await look(run))).toContain('end machines');
    expect((await made.group()).machines).toEqual(ids);
    made.close();
  });
});
