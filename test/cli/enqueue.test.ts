/** The command as its users start it, against a real queue and a real bucket. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import {
  configFor,
  end,
  enqueue,
  folder,
  jobFile,
  received,
  recordDone,
  server,
  start,
  wells,
} from './enqueue-place.ts';

test('sends every job once', async () => {
  const queueUrl = await server.createQueue('SendQueue');
  const path = await jobFile('plate $HOME.json', wells);
  const { code, out, err } = await enqueue(path, '-c', await configFor('Send'));
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('48 of 48 jobs') });
  expect(out).toContain('48 jobs sent to the queue SendQueue.');
  const jobs = await received(queueUrl);
  expect(jobs).toHaveLength(48);
  expect(new Set(jobs).size).toBe(48);
});

test('tells what is doubtful in the config, once, before anything else', async () => {
  await server.createQueue('DoubtQueue');
  const config = await configFor('Doubt', ", AWS_REGION: 'us-east-9'");
  const { err } = await enqueue(await jobFile('plate.json', wells), '-c', config, '--dry-run');
  expect(err.match(/^Note: AWS_REGION is 'us-east-9', which is no region known here\. Fix: /gm)).toHaveLength(
    1,
  );
});

test('stopped half-way, says how to go on, and then no job is missing', async () => {
  const queueUrl = await server.createQueue('StopQueue');
  const groups = { Plate: 'P1..P20', Well: 'A01..P24' };
  const path = await jobFile('many.json', { output_file_location: 'o', groups });
  const config = await configFor('Stop');
  const child = start([path, '-c', config]);
  const ended = end(child);
  while ((await server.counts(queueUrl)).waiting < 500) {
    const early = await Promise.race([ended, sleep(20)]);
    if (early !== undefined) throw new Error(`enqueue ended by itself (${String(early.code)}): ${early.err}`);
  }
  child.kill('SIGINT');
  const { code, err } = await ended;
  const said =
    /Stopped: ([\d,]+) jobs of 7,680 were sent\.\nFix: Go on with: npm run enqueue -- (.*) --from (\d+:[0-9a-f]{8})/.exec(
      err,
    );
  expect({ code, said: said !== null, err }).toMatchObject({ code: 1, said: true });
  expect(err).toMatch(/ of 7,680 jobs\n\nStopping when/);
  expect(err.slice(err.indexOf('Stopping when'))).not.toMatch(/about .* left/);
  expect(Number(said?.[1]?.replaceAll(',', ''))).toBe((await server.counts(queueUrl)).waiting);

  const rest = await enqueue(path, '-c', config, '--from', said?.[3] as string);
  expect(rest.code).toBe(0);
  expect(new Set(await received(queueUrl)).size).toBe(20 * 384);

  // The same mark for a file whose groups have moved: some would never be sent.
  const changed = await jobFile('many.json', {
    output_file_location: 'o',
    groups: { ...groups, Plate: 'P0..P19' },
  });
  expect(await enqueue(changed, '-c', config, '--from', said?.[3] as string)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/its groups have changed[^]*send the whole file/),
  });
});

test('refuses jobs that do not fit the script, unless told to send them', async () => {
  const queueUrl = await server.createQueue('FitQueue');
  const path = await jobFile('fit.json', { output_file_location: 'o', groups: [{ Plate: 'P' }] });
  const config = await configFor('Fit');
  expect(await enqueue(path, '-c', config)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /do not fit count spots\.py:\n {2}- The script needs "Well" \(String\), which is missing in the job\./,
    ),
  });
  expect((await server.counts(queueUrl)).waiting).toBe(0);
  expect(await enqueue(path, '-c', config, '--no-check')).toMatchObject({ code: 0 });
  expect((await server.counts(queueUrl)).waiting).toBe(1);
});

test('refuses a path of this machine, which no machine in AWS has', async () => {
  const script = join(folder, 'open.py');
  await writeFile(script, '#@ File image\n#@ File table\n');
  const shared_metadata = { image: script, table: '/home/ubuntu/bucket/x.csv' };
  const path = await jobFile('here.json', {
    output_file_location: 'o',
    shared_metadata,
    groups: [{ Well: 'A1' }],
  });
  const config = await configFor('Here', `, SCRIPT_DOWNLOAD_URL: ${JSON.stringify(script)}`);
  const { code, err } = await enqueue(path, '-c', config);
  expect(err).toContain('"image" must be /home/ubuntu/bucket/... or s3://..., which machines in AWS reach');
  expect(err).toContain(`it is ${JSON.stringify(script)} in the job.`);
  expect(err).not.toContain('"table" must');
  expect(code).toBe(1);
});

test('looks for the images of those jobs alone that it would send', async () => {
  const queueUrl = await server.createQueue('ArchiveQueue');
  const config = await configFor('Archive');
  // The images of A01 were archived, as it is done; those of A02 are there; those of A03 never were.
  await server.s3.send(new PutObjectCommand({ Bucket: 'plates', Key: 'raw/A02.tif', Body: 'x' }));
  const fileOf = (name: string, names: readonly string[]) =>
    jobFile(name, {
      output_file_location: 'o',
      groups: names.map((Well) => ({ Plate: 'P', Well, image: `/home/ubuntu/bucket/raw/${Well}.tif` })),
    });

  const finished = await fileOf('finished.json', ['A01']);
  await recordDone(finished, 'Archive', () => true);
  for (const more of [[], ['--from', '1'], ['--dry-run']]) {
    expect(await enqueue(finished, '-c', config, ...more)).toMatchObject({
      code: 0,
      out: expect.stringContaining(
        more[0] === '--dry-run' ? 'none would be sent' : 'There is nothing to send.',
      ),
      err: expect.not.stringContaining('raw/A01.tif'),
    });
  }

  // What is done does not hide that all the rest would fail; nor does what --from leaves out.
  const some = await fileOf('some.json', ['A01', 'A03']);
  await recordDone(some, 'Archive', ({ Well }) => Well === 'A01');
  const missing = /The input of the job is missing:\n {2}- .*raw\/A03\.tif, which the job names/;
  expect(await enqueue(some, '-c', config)).toMatchObject({ code: 1, err: expect.stringMatching(missing) });
  const later = await fileOf('later.json', ['A02', 'A03']);
  expect(await enqueue(later, '-c', config, '--from', '2')).toMatchObject({
    code: 1,
    err: expect.stringMatching(missing),
  });
  expect((await server.counts(queueUrl)).waiting).toBe(0);
  expect(await enqueue(later, '-c', config)).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^Note: .*raw\/A03\.tif/m),
  });
  expect((await server.counts(queueUrl)).waiting).toBe(2);
});

test('says what to do when the queue is not there, or the job file is wrong', async () => {
  const path = await jobFile('plate.json', wells);
  const config = await configFor('Gone');
  expect(await enqueue(path, '-c', config)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/GoneQueue[^]*Fix: .*npm run deploy/),
  });
  expect(await enqueue(join(folder, 'none.json'), '-c', config)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no such file/),
  });
  expect(await enqueue(path, '-c', config, '--from', '99')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/names no job of .*which has 48/),
  });
});
