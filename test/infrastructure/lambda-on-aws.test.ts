/** The monitor's bundle, with what was left out of it, on AWS's calls: what remains is enough for a run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lambdaBundle } from '../../lib/infrastructure/lambda-bundle.ts';
import { toEnvironment } from '../../lib/monitor/settings.ts';
import { aFolder } from '../fixtures/folder.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import { type AwsServer, startAws } from '../monitor/aws-server.ts';
import { RunOnAws } from '../monitor/run-on-aws.ts';
import { templateOf } from './synth.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`the monitor’s bundle${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  test('called as Lambda calls it: machines, workers, prices, metrics', async () => {
    const run = await RunOnAws.make(server.strict.endpoint, 'Bundled');
    const { folder } = await lambdaBundle('lib/monitor/lambda.ts', await aFolder());
    const env = {
      ...toEnvironment({ ...run.settings, CLUSTER_IS_SHARED: 'false', DASHBOARD_NAME: 'Bundled' }),
      AWS_ENDPOINT_URL: server.strict.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      NODE_OPTIONS: '',
    };
    const asked = new Set<string>();
    const call = async (event: object): Promise<{ actions: string[]; printed: string[] }> => {
      const code = `require(process.argv[1]).handler(${JSON.stringify(event)}).then((answer) => {
        console.log(JSON.stringify(answer));
        process.exit();
      })`;
      const before = server.strict.calls.length;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', code, folder], { env, cwd: '/' });
      for (const each of server.strict.calls.slice(before)) asked.add(actionOf(each));
      const printed = stdout.trimEnd().split('\n');
      return { ...(JSON.parse(printed.pop() ?? '') as { actions: string[] }), printed };
    };

    await run.sendJobs(4);
    const first = await call({ enqueued: 4 });
    expect(first.actions).toEqual(['suspend rebalancing', 'set desired', 'put dashboard']);
    const { desired, machines } = await run.group();
    expect(desired).toBe(2);
    for (const machine of machines) await run.join(machine);
    const second = await call({ enqueued: 4 }); // a second witness beside SQS's count
    expect(second.actions).toEqual(['start tasks']);
    expect(await run.tasks()).toHaveLength(4);
    expect(
      second.printed.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line)),
    ).toMatchObject([{ App: 'Bundled', JobsWaiting: 4, MachinesThere: 2 }]);
    expect(server.strict.calls).toEqual(
      expect.arrayContaining(['ec2:DescribeSpotPriceHistory', 'ecs:RunTask']),
    );
    expect(asked).toContain('ecs:TagResource');
    expect([...asked].filter((action) => !allowedToMonitor().has(action))).toEqual([]);
    run.close();
  });
});

/** The permission that a call takes, where it has another name. */
const actionOf = (call: string): string =>
  ({ 's3:GET': 's3:GetObject', 's3:PUT': 's3:PutObject' })[call] ??
  call.replace(/^monitoring:/, 'cloudwatch:');

/** What the monitor's role in AWS may do. */
function allowedToMonitor(): ReadonlySet<string> {
  const policies = Object.values(templateOf({}).findResources('AWS::IAM::Policy')) as {
    Properties: {
      PolicyDocument: { Statement: { Action: string | string[] }[] };
      Roles: { Ref: string }[];
    };
  }[];
  const own = policies.find(({ Properties }) => Properties.Roles[0]?.Ref.startsWith('MonitorRole'));
  return new Set(own?.Properties.PolicyDocument.Statement.flatMap(({ Action }) => Action));
}
