/** What the monitor remembers, and whose it is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BLANK } from '../../lib/monitor/memory.ts';
import { commit, recall } from '../../lib/monitor/memory-object.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import type { StrictAws } from '../fixtures/strict-aws.ts';
import { type AwsServer, kindsOf, minutes, startAws } from './aws-server.ts';
import { RunOnAws } from './run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`the monitor's memory${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  let strict: StrictAws;
  const { look, time } = minutes();

  beforeAll(async () => {
    server = await startAws();
    strict = server.strict;
  });
  afterAll(() => server.stop());

  test('a memory that is not there, and that S3 calls forbidden, is a blank one; a hidden one is an error', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Hidden');
    strict.denied.add('s3:GET monitor.json');
    expect(await recall(run.aws, run.settings)).toEqual({ memory: BLANK, version: undefined });
    await commit(run.aws, run.settings, BLANK, undefined);
    await expect(recall(run.aws, run.settings)).rejects.toThrow('not authorized');
    strict.denied.clear();
    run.close();
  });

  test('given a run that was removed and deployed again, then nothing is charged or said for the time between', async () => {
    const run = await RunOnAws.make(strict.endpoint, 'Again', { machines: 2 });
    await run.sendJobs(9);
    await look(run, 9);
    await look(run);
    const { memory: before } = await recall(run.aws, run.settings);
    expect(Object.keys(before.machines)).toHaveLength(2);
    await commit(
      run.aws,
      run.settings,
      { ...before, attemptSeconds: 42 },
      (await recall(run.aws, run.settings)).version,
    );

    // The same names again, but for the group's: AWS ends that in letters of its own.
    const next = await run.deployAgain('Again-x7');
    await run.emptyQueue();
    time.now += 20 * 3_600_000;
    for (let minute = 0; minute < 9; minute++) expect(kindsOf(await look(next))).toEqual([]);
    expect(await run.mails()).toEqual([]);
    const { memory: after } = await recall(next.aws, next.settings);
    expect(after).toEqual({
      ...BLANK,
      attemptSeconds: 42,
      startSeconds: before.startSeconds,
      prices: before.prices,
    });

    // And a run of its own is charged from its own first minute.
    await run.sendJobs(3);
    await look(next, 3);
    await look(next);
    expect((await recall(next.aws, next.settings)).memory.run?.machineSeconds).toBeLessThan(300);
    run.close();
  });
});
