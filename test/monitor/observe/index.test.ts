/** A look that cannot read everything: what is only told of must not stop what is acted on. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { tick } from '../../../lib/monitor/tick.ts';
import { type Moto, motoIsMissing, startMoto } from '../../fixtures/moto.ts';
import { startStrictAws, type StrictAws } from '../../fixtures/strict-aws.ts';
import { RunOnAws } from '../run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`a monitor that AWS answers only in part${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let moto: Moto;
  let strict: StrictAws;
  beforeAll(async () => {
    moto = await startMoto();
    strict = await startStrictAws(moto.endpoint);
  });
  afterAll(async () => {
    await strict.stop();
    await moto.stop();
  });

  test('given no Spot prices and no age of the oldest job, then machines are started all the same', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Blind');
    strict.denied.add('ec2:DescribeSpotPriceHistory').add('monitoring:GetMetricData');
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const began = Date.now();
    const look = async (minute: number): Promise<unknown> =>
      tick({ aws: run.aws, settings: run.settings, now: began + minute * 60_000, say: () => undefined });

    await run.sendJobs(4);
    await look(0);
    await look(61); // by now both are due
    await look(62);
    await look(63);
    expect((await run.group()).desired).toBe(2);
    expect(warned.mock.calls.flat().join()).toMatch(/Could not read Spot prices: .*not authorized/);
    expect(strict.calls).toEqual(expect.arrayContaining([...strict.denied]));
    run.close();
  });
});
