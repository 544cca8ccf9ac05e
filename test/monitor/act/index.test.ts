/** What the monitor does, on AWS's calls: each thing for itself, and none stopping the others. */
import { GetDashboardCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MonitorActionError } from '../../../lib/monitor/act/index.ts';
import { dashboardBody } from '../../../lib/monitor/dashboard.ts';
import { motoIsMissing } from '../../fixtures/moto.ts';
import type { StrictAws } from '../../fixtures/strict-aws.ts';
import { type AwsServer, kindsOf, minutes, startAws } from '../aws-server.ts';
import { RunOnAws } from '../run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`acting${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  let strict: StrictAws;
  const { look } = minutes();

  beforeAll(async () => {
    server = await startAws();
    strict = server.strict;
  });
  afterAll(() => server.stop());

  test('a machine that turns out to work is spared, and takes tasks again', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Spared');
    await run.sendJobs(2);
    await look(run, 2);
    const [machine] = (await run.group()).machines as [string];
    const arn = await run.join(machine);
    await run.emptyQueue();
    await look(run);
    // Between the look and the act a task starts there: played by one that the look cannot see.
    const before = strict.calls.length;
    const original = run.aws.ecs.send.bind(run.aws.ecs);
    run.aws.ecs.send = (async (command: { constructor: { name: string } }) => {
      if (
        command.constructor.name === 'UpdateContainerInstancesStateCommand' &&
        strict.calls.length > before
      ) {
        run.aws.ecs.send = original;
        await original(
          new RunTaskCommand({
            cluster: 'Spared',
            taskDefinition: run.settings.TASK_DEFINITION,
            startedBy: 'x',
          }),
        );
      }
      return original(command as never);
    }) as never;

    expect(kindsOf(await look(run))).toEqual(['end machines']);
    expect((await run.group()).machines).toEqual([machine]);
    expect((await run.nodes()).get(arn)).toEqual({ machine, status: 'ACTIVE' });
    run.close();
  });

  test('the dashboard comes with a run and goes with it', async () => {
    const made = await RunOnAws.make(strict.endpoint, 'Shown');
    const run = { aws: made.aws, settings: { ...made.settings, DASHBOARD_NAME: 'Shown' } };
    const dashboards = async () => {
      const { DashboardEntries = [] } = await run.aws.cloudWatch.send(new ListDashboardsCommand({}));
      return DashboardEntries.map(({ DashboardName }) => DashboardName);
    };
    await made.sendJobs(1);
    await look(run, 1);
    const shown = await run.aws.cloudWatch.send(new GetDashboardCommand({ DashboardName: 'Shown' }));
    expect(shown.DashboardBody).toBe(dashboardBody(run.settings));
    await made.emptyQueue();
    for (let minute = 0; minute < 6; minute++) await look(run);
    expect(await dashboards()).toEqual([]);

    await made.sendJobs(1);
    await look(run, 1);
    expect(await dashboards()).toEqual(['Shown']);
    made.close();
  });

  test('what fails is raised, what does not is done, and the next look tries again', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Failing');
    await run.sendJobs(2);
    strict.denied.add('autoscaling:SuspendProcesses');
    const failing = look(run, 2);
    await expect(failing).rejects.toThrow(MonitorActionError);
    await expect(failing).rejects.toThrow(/not authorized to perform: autoscaling:SuspendProcesses/);
    strict.denied.clear();
    expect((await run.group()).desired).toBe(1);
    run.close();
  });
});
