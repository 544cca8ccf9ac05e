/** Jobs whose message is as large as SQS takes: their history is cut, never the job. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MAX_MESSAGE_BYTES } from '../../lib/jobs/make-message.ts';
import { message } from '../../lib/jobs/message.ts';
import { openWorld, type World } from './world.ts';

const SCRIPT = new URL('behave.groovy', import.meta.url).pathname;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.end());

/** A job that fails, with a message of exactly so many bytes. */
function failing(name: string, bytes: number): string {
  const body = (ballast: string) =>
    JSON.stringify({
      run: 'r',
      job: name,
      Metadata: { what: 'throw' },
      output_file_location: 'out/',
      shared_metadata: { ballast },
    });
  return body('x'.repeat(bytes - body('').length));
}

test('with little room left it is tried as often as any, and its reasons are cut', async () => {
  const scene = await world.scene();
  const room = 350; // beside the attributes of a dead letter
  await scene.send(failing('large', MAX_MESSAGE_BYTES - 4_000 - room));
  await scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, JOB_RETRIES: 3, IDLE_SECONDS: 5 }).finished();

  expect((await scene.records()).map(({ attempt, final }) => [attempt, final])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
  const [letter] = await scene.deadLetters();
  expect(letter).toMatchObject({
    outcome: 'script error',
    reason: expect.stringMatching(/no nuclei in 'A01'/),
  });
  const bare = { outcome: 'script error', reason: '', at: '', worker: '' };
  expect(message.parse(JSON.parse(letter!.body)).history?.failures).toMatchObject([
    bare,
    bare,
    { outcome: 'script error' },
  ]);
});

test('one that fills its message to the last byte goes to the dead letters with its reason, not round and round', async () => {
  const scene = await world.scene();
  const body = failing('full', MAX_MESSAGE_BYTES);
  await scene.send(body);
  await scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT, JOB_RETRIES: 3, IDLE_SECONDS: 5 }).finished();

  expect(await scene.records()).toMatchObject([
    {
      outcome: 'script error',
      final: true,
      reason: expect.stringMatching(/no nuclei in 'A01'.*\(not tried again: its message is so large/),
    },
  ]);
  expect(await scene.deadLetters()).toEqual([{ body }]);
  expect(await scene.counts()).toEqual({ waiting: 0, leased: 0, delayed: 0 });
});

test('given back while it runs, it is the next worker’s, as it was', async () => {
  const scene = await world.scene();
  const body = failing('full', MAX_MESSAGE_BYTES).replace('"throw"', '"sleep"');
  await scene.send(body);
  const worker = scene.startWorker({ SCRIPT_DOWNLOAD_URL: SCRIPT });
  await worker.event('job running');
  worker.process.kill('SIGTERM');
  await worker.finished();
  expect(await scene.counts()).toEqual({ waiting: 1, leased: 0, delayed: 0 });
  expect(await scene.records()).toMatchObject([{ outcome: 'interrupted', final: false }]);
});
