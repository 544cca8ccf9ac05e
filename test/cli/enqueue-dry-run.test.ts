/** What `enqueue --dry-run` finds out, and that it sends nothing. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { configFor, end, enqueue, jobFile, recordDone, server, start } from './enqueue-place.ts';

test('--dry-run tells all and sends nothing', async () => {
  const queueUrl = await server.createQueue('DryQueue');
  for (const key of ['in/P1_A01f1.tif', 'in/P1_A01f2.tif', 'in/P1_A02f1.tif', 'in/x.txt']) {
    await server.s3.send(new PutObjectCommand({ Bucket: 'plates', Key: key, Body: 'x' }));
  }
  const path = await jobFile('files.json', {
    output_file_location: 'results/{Plate}',
    shared_metadata: { raduis: 4 },
    groups: {
      files: 'in/{Plate}_{Well}f{Field}.tif',
      by: ['Plate', 'Well'],
      parameters: { radius: '{count}.5' },
    },
  });
  const { code, out, err } = await enqueue(path, '-c', await configFor('Dry'), '--dry-run');
  expect(code).toBe(1); // as the real command would end
  expect(err).toContain('[JOB_FILE_INVALID]');
  expect(out).toContain('files.json: 2 jobs. Records are kept under the run "files".');
  expect(out).toContain('1  Plate=P1 Well=A01 radius=2.5  ->  results/P1/');
  expect(out).toContain('1 output location for 2 jobs: 2 share theirs');
  expect(out).toContain('Plate P1, Well A02 has no Field 2');
  expect(out).toContain('1 file does not match the pattern');
  expect(out).toContain('"radius" must be a whole number; it is "2.5" in job 1 and "1.5" in job 2.');
  expect(out).toContain('The script has no #@ line for "raduis", so it does not get it. Is "radius" meant?');
  expect(out).toContain('Nothing was sent');
  expect((await server.counts(queueUrl)).waiting).toBe(0);
});

test('--dry-run looks for inputs in the buckets, and for jobs that are done', async () => {
  const queueUrl = await server.createQueue('LookQueue');
  for (const well of ['A01', 'A02'])
    await server.s3.send(new PutObjectCommand({ Bucket: 'plates', Key: `looked at/${well}.tif`, Body: 'x' }));
  const groups = ['A01', 'A02', 'A03'].map((Well) => ({
    Plate: 'P',
    Well,
    image: `/home/ubuntu/bucket/looked at/${Well}.tif`,
  }));
  const path = await jobFile('look.json', { output_file_location: 'o', groups });
  const config = await configFor('Look');
  await recordDone(path, 'Look', ({ Well }) => Well === 'A01');

  const some = await enqueue(path, '-c', config, '--dry-run');
  expect(some.err).toBe('');
  expect(some.out).toContain('1 job of 3 is done already and would be left out: 2 would be sent.');
  expect(some.out).toContain(
    '"image": there is no /home/ubuntu/bucket/looked at/A03.tif, which 1 job names (looked for s3://plates/looked at/A03.tif). Is "A01.tif" meant?',
  );
  expect(some.out).not.toContain('no /home/ubuntu/bucket/looked at/A01.tif');

  const shared = (input: string) => ({
    output_file_location: 'o',
    shared_metadata: { input },
    groups: [{ Plate: 'P', Well: 'A1' }],
  });
  const folders = await jobFile('folders.json', shared('s3://plates/looked at'));
  expect((await enqueue(folders, '-c', config, '--dry-run')).out).toContain(
    'The inputs that the jobs name are there.',
  );

  // Patterns are looked for as a worker does that downloads.
  const patterns = (inputs: string[]) => ({ ...shared('s3://plates/looked at'), inputs });
  const there = await jobFile('patterns.json', patterns(['looked at/{Well}*', 'looked at/A0*.tif']));
  const found = await enqueue(there, '-c', config, '--dry-run');
  expect(found.out).toContain('"inputs": no file matches looked at/A1*, which the job names');
  expect(found.out).toContain('(looked in s3://plates/looked at). There is looked at/A01.tif.');
  expect(found).toMatchObject({ code: 0, err: '' });
  const none = await jobFile('none.json', patterns(['/looked at/A01.tif', 'lookedat/*']));
  expect(await enqueue(none, '-c', config)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /input of the job is missing[^]*Patterns begin at the top of s3:\/\/plates \(SOURCE_BUCKET\): write "looked at\/A01\.tif"[^]*matches lookedat\/\*, .*Is "looked at" meant/,
    ),
  });

  // A slip in a folder's name: refused by the dry run and the real command, and nothing is sent.
  const slip = await jobFile('slip.json', shared('/home/ubuntu/bucket/looked_at/'));
  for (const more of [['--dry-run'], []]) {
    const { code, out, err } = await enqueue(slip, '-c', config, ...more);
    expect({ code, said: out + err }).toMatchObject({
      code: 1,
      said: expect.stringMatching(
        /Is "looked at" meant[^]*input of the job is missing|input of the job is missing[^]*Is "looked at" meant/,
      ),
    });
    expect(err).toContain('stands for s3://plates (SOURCE_BUCKET)');
  }
  expect((await server.counts(queueUrl)).waiting).toBe(0);
});

test.each([
  [
    'there are no credentials',
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    '',
    'there are no AWS credentials here',
  ],
  ['there is no such bucket', {}, ", SOURCE_BUCKET: 'none-of-this-name'", 'there is no bucket of this name'],
  [
    'the bucket is not filled in',
    {},
    ", SOURCE_BUCKET: 'your-bucket-name'",
    'AWS_BUCKET is not filled in yet',
  ],
])('--dry-run says what it could not find out when %s', async (_, env, more, why) => {
  const path = await jobFile('blind.json', {
    output_file_location: 'o',
    groups: [{ Plate: 'P', Well: 'A1', image: '/home/ubuntu/bucket/x.tif' }],
  });
  const { code, out } = await end(start([path, '-c', await configFor('Blind', more), '-n'], env));
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`The inputs were not looked for[^\\n]*${why}`));
  expect(out).toContain('Nothing was sent');
});

test.each([
  [
    's3://scripts/count.py',
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    /count\.py could not be fetched: .*no AWS credentials here[^]*\nFix: Run "aws configure"/,
  ],
  ['s3://scripts/count.py', {}, /count\.py could not be fetched: .*there is no bucket of this name/],
  ['http://127.0.0.1:9/count.py', {}, /count\.py could not be fetched[^]*\nFix: Check that this machine/],
])('--dry-run tells the rest when the script cannot be fetched: %s with %j', async (script, env, why) => {
  const path = await jobFile('no script.json', {
    output_file_location: 'o',
    groups: [{ Plate: 'P', Well: 'A1' }],
  });
  const config = await configFor('NoScript', `, SCRIPT_DOWNLOAD_URL: '${script}'`);
  const { code, out, err } = await end(start([path, '-c', config, '-n'], env));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('1  Plate=P Well=A1  ->  o/');
  expect(out).toMatch(/The parameters were not checked, and which jobs are done already is not known\. /);
  expect(out).toMatch(why);
  expect(out).not.toContain('There is no script yet');
  expect(out).toContain('Nothing was sent');

  const real = await end(start([path, '-c', config], env));
  expect(real).toMatchObject({ code: 1, err: expect.stringMatching(why) });
});
