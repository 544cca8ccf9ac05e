/** The monitor in a terminal, on AWS's calls. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tick } from '../../lib/monitor/tick.ts';
import { watch } from '../../lib/monitor/watch.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import { type AwsServer, startAws } from './aws-server.ts';
import { RunOnAws } from './run-on-aws.ts';

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`in a terminal${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  test('a line for each look, until somebody stops it; the fleet stays', async () => {
    const run = await RunOnAws.make(server.strict.endpoint, 'Watched');
    await run.sendJobs(2);
    await tick({ ...run, enqueued: 2, say: () => undefined });
    const stop = new AbortController();
    const lines: string[] = [];
    const say = (line: string): void => {
      lines.push(line);
      if (lines.length === 2) stop.abort();
    };
    const real = { aws: run.aws, settings: async () => run.settings };
    expect(await watch({ ...real, signal: stop.signal, say, every: 1 })).toBe(false);
    expect(lines.at(-1)).toMatch(/^2 jobs wait, 0 run, 0 done, 0 failed \| 1 of 1 machines \| \$0\.00$/);
    expect((await run.group()).desired).toBe(1);
    run.close();
  });

  test('one look that fails is told, five in a row end it', async () => {
    const run = await RunOnAws.make(server.strict.endpoint, 'Broken');
    server.strict.denied.add('sqs:GetQueueAttributes');
    const lines: string[] = [];
    const watching = watch({
      aws: run.aws,
      settings: async () => run.settings,
      signal: new AbortController().signal,
      say: (line) => lines.push(line),
      every: 1,
    });
    await expect(watching).rejects.toThrow('Watching the run: AWS does not allow it to these credentials');
    server.strict.denied.clear();
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('this look failed (1 of 5 before giving up)');
    run.close();
  });

  test('a deploy in the meantime is followed', async () => {
    const run = await RunOnAws.make(server.strict.endpoint, 'Followed');
    await run.sendJobs(1);
    const next = await run.deploy();
    const stop = new AbortController();
    const deployments = [run.settings, next.settings];
    const seen: (string | undefined)[] = [];
    await watch({
      aws: run.aws,
      settings: async () => deployments.shift() ?? next.settings,
      signal: stop.signal,
      say: (line) => {
        if (!line.includes('jobs wait')) return;
        seen.push(line);
        if (seen.length === 2) stop.abort();
      },
      every: 1,
    });
    expect(await run.inForce()).toBe(next.settings.TASK_DEFINITION);
    run.close();
  });
});
