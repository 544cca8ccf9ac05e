import { ListDashboardsCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudWatchClient } from '../../lib/aws/control-clients.ts';
import { removeDashboard } from '../../lib/monitor/act/remove-dashboard.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import { type AwsServer, startAws } from './aws-server.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

whereMotoIs(`the monitor’s dashboard${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  test('goes with the stack, alone; one that is not there is no error, and a refusal is one', async () => {
    const { endpoint, denied } = server.strict;
    const client = cloudWatchClient({ endpoint, region: 'us-east-1', credentials: KEYS });
    const there = async () =>
      (await client.send(new ListDashboardsCommand({}))).DashboardEntries?.map(
        ({ DashboardName }) => DashboardName,
      );
    for (const DashboardName of ['Plates', 'Neighbour'])
      await client.send(new PutDashboardCommand({ DashboardName, DashboardBody: '{"widgets":[]}' }));

    await removeDashboard('Plates', client);
    expect(await there()).toEqual(['Neighbour']);
    await removeDashboard('Plates', client);
    expect(await there()).toEqual(['Neighbour']);

    denied.add('monitoring:DeleteDashboards').add('monitoring:POST');
    await expect(removeDashboard('Neighbour', client)).rejects.toThrow('not authorized');
    denied.clear();
    client.destroy();
  });
});
