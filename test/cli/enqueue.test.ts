/** The command as its users start it, against a real queue and a real bucket. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openJobFile, parseMessage } from '../../lib/jobs/index.ts';
import { enqueuedJobs } from '../../lib/monitor/event.ts';
import { NOTHING, recordsKey } from '../../lib/records/key.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { startQueueServer, type QueueServer } from '../fixtures/queue.ts';
import { aRecord } from '../fixtures/records.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let server: QueueServer;
let folder: string;
let queueUrl: string;

beforeAll(async () => {
  server = await startQueueServer();
  await server.createBucket('plates');
  folder = await aFolder();
  await writeFile(
    join(folder, 'count spots.py'),
    '#@ String Plate\n#@ String Well\n#@ Integer (value=3) radius\n',
  );
});
afterAll(() => server.stop());

/** A config for a queue of its own. */
async function configFor(app: string, more = ''): Promise<string> {
  const path = join(folder, `${app}.ts`);
  const script = JSON.stringify(join(folder, 'count spots.py'));
  await writeFile(
    path,
    `import { defineConfig } from ${JSON.stringify(root('lib/config/index.ts'))};\n` +
      `export default defineConfig({ APP_NAME: '${app}', AWS_BUCKET: 'plates', SCRIPT_DOWNLOAD_URL: ${script}${more} });\n`,
  );
  return path;
}

async function jobFile(name: string, content: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const entry = ['--import', root('bin/node-version.mjs'), root('bin/distributed-fiji.ts')];
  return spawn(process.execPath, [...entry, 'enqueue', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function end(child: ChildProcess): Promise<Ended> {
  const [[code], out, err] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code, out, err };
}

const enqueue = (...args: readonly string[]) => end(start(args));

async function received(url: string): Promise<string[]> {
  const jobs: string[] = [];
  const receive = async () => {
    for (;;) {
      const { Messages = [] } = await server.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      jobs.push(...Messages.map(({ Body = '' }) => parseMessage(Body).job));
    }
  };
  await Promise.all(Array.from({ length: 8 }, receive));
  return jobs;
}

const wells = {
  output_file_location: 'results/{Plate}',
  groups: { Plate: ['P 1', "P'2"], Well: 'A01..D06' },
};

describe('enqueue', () => {
  test('sends every job once', async () => {
    queueUrl = await server.createQueue('SendQueue');
    const path = await jobFile('plate $HOME.json', wells);
    const { code, out, err } = await enqueue(path, '-c', await configFor('Send'));
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('48 of 48 jobs') });
    expect(out).toContain('48 jobs sent to the queue SendQueue.');
    const jobs = await received(queueUrl);
    expect(jobs).toHaveLength(48);
    expect(new Set(jobs).size).toBe(48);
  });

  test('--dry-run tells all and sends nothing', async () => {
    queueUrl = await server.createQueue('DryQueue');
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
    expect(out).toContain(
      'The script has no #@ line for "raduis", so it does not get it. Is "radius" meant?',
    );
    expect(out).toContain('Nothing was sent');
    expect((await server.counts(queueUrl)).waiting).toBe(0);
  });

  test('--dry-run looks for inputs in the buckets, and for jobs that are done', async () => {
    queueUrl = await server.createQueue('LookQueue');
    for (const well of ['A01', 'A02'])
      await server.s3.send(
        new PutObjectCommand({ Bucket: 'plates', Key: `looked at/${well}.tif`, Body: 'x' }),
      );
    const groups = ['A01', 'A02', 'A03'].map((Well) => ({
      Plate: 'P',
      Well,
      image: `/home/ubuntu/bucket/looked at/${Well}.tif`,
    }));
    const path = await jobFile('look.json', { output_file_location: 'o', groups });
    const config = await configFor('Look');
    const store = openStore('s3://plates', { s3: server.s3 });
    const { messages, close } = await openJobFile(path);
    for await (const { job, Metadata } of messages()) {
      if (Metadata.Well !== 'A01') continue;
      const sha256 = hash('sha256', await readFile(join(folder, 'count spots.py')));
      const done = aRecord({
        job,
        run: 'look',
        group: Metadata,
        parameters: Metadata,
        script: { source: 'x', sha256 },
      });
      const key = recordsKey('Look', 'look', new Date(), 'w', NOTHING);
      await store.write(key, JSON.stringify({ ...done, output_file_location: 'o/' }));
    }
    close();

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

    // A slip in a folder's name: refused by the dry run and the real command, and nothing is sent.
    const slip = await jobFile('slip.json', shared('/home/ubuntu/bucket/looked_at/'));
    for (const more of [['--dry-run'], []]) {
      expect(await enqueue(slip, '-c', config, ...more)).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /input of the job is missing[^]*Is "looked at" meant[^]*stands for s3:\/\/plates \(SOURCE_BUCKET\)/,
        ),
      });
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
    [
      'there is no such bucket',
      {},
      ", SOURCE_BUCKET: 'none-of-this-name'",
      'there is no bucket of this name',
    ],
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

  test('tells what is doubtful in the config, once, before anything else', async () => {
    queueUrl = await server.createQueue('DoubtQueue');
    const config = await configFor('Doubt', ", AWS_REGION: 'us-east-9'");
    const { err } = await enqueue(await jobFile('plate.json', wells), '-c', config, '--dry-run');
    expect(
      err.match(/^Note: AWS_REGION is 'us-east-9', which is no region known here\. Fix: /gm),
    ).toHaveLength(1);
  });

  test('stopped half-way, says how to go on, and then no job is missing', async () => {
    queueUrl = await server.createQueue('StopQueue');
    const groups = { Plate: 'P1..P20', Well: 'A01..P24' };
    const path = await jobFile('many.json', { output_file_location: 'o', groups });
    const config = await configFor('Stop');
    const child = start([path, '-c', config]);
    const ended = end(child);
    while ((await server.counts(queueUrl)).waiting < 500) await sleep(20);
    child.kill('SIGINT');
    const { code, err } = await ended;
    const said =
      /Stopped: ([\d,]+) jobs of 7,680 were sent\.\nFix: Go on with: npm run enqueue -- (.*) --from (\d+:[0-9a-f]{8})/.exec(
        err,
      );
    expect({ code, said: said !== null, err }).toMatchObject({ code: 1, said: true });
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
    queueUrl = await server.createQueue('FitQueue');
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
});

describe('when enqueue has sent its jobs', () => {
  const path = () => jobFile('woken.json', wells);

  test('it wakes the monitor, and says nothing of it', async () => {
    queueUrl = await server.createQueue('WokenQueue');
    const lambda = await aLambda((response) => response.writeHead(202).end());
    const { code, err } = await end(start([await path(), '-c', await configFor('Woken')], lambda.env));
    await lambda.stop();
    expect({ code, notes: err.includes('Note') }).toEqual({ code: 0, notes: false });
    expect(lambda.calls).toEqual([
      {
        at: 'POST /2015-03-31/functions/WokenMonitor/invocations',
        type: 'Event',
        event: { enqueued: 48 },
        jobsInQueue: 48,
      },
    ]);
    expect(enqueuedJobs(lambda.calls[0]?.event)).toBe(48);
  });

  test('it leaves the monitor alone without AUTO_MONITOR and on --dry-run', async () => {
    queueUrl = await server.createQueue('ManualQueue');
    const lambda = await aLambda((response) => response.writeHead(202).end());
    const manual = await configFor('Manual', ', AUTO_MONITOR: false');
    expect(await end(start([await path(), '-c', manual], lambda.env))).toMatchObject({ code: 0 });
    const automatic = await configFor('Manual');
    expect(await end(start([await path(), '-c', automatic, '-n'], lambda.env))).toMatchObject({ code: 0 });
    await lambda.stop();
    expect(lambda.calls).toEqual([]);
  });

  test.each([
    ['there is no Lambda at all', undefined, /within a minute\. \(It could not be woken now\. .+\.\)$/],
    ['it may not', [403, 'AccessDeniedException'], /within a minute\. \(.+: AWS does not allow it/],
    ['Lambda is out of order', [500, 'ServiceException'], /within a minute\. \(.+\)$/],
    [
      'the stack has no monitor',
      [404, 'ResourceNotFoundException'],
      /there is no monitor RefusedMonitor in us-east-1.*npm run deploy\.$/,
    ],
  ] as const)('and %s, the jobs are sent all the same, and one line says so', async (_, answer, line) => {
    queueUrl = await server.createQueue('RefusedQueue');
    const lambda =
      answer &&
      (await aLambda((response) =>
        response.writeHead(answer[0], { 'x-amzn-errortype': answer[1] }).end('{"Message":"no"}'),
      ));
    const { code, out, err } = await end(
      start([await path(), '-c', await configFor('Refused')], lambda?.env),
    );
    await lambda?.stop();
    expect({ code, sent: out.includes('48 jobs sent') }).toEqual({ code: 0, sent: true });
    const lines = err.split(/\n|\r/).filter((each) => each !== '' && !/ 48 jobs/.test(each));
    expect(lines).toEqual([expect.stringMatching(line)]);
    await received(queueUrl);
  });

  test('and Lambda never answers, the command still ends', async () => {
    queueUrl = await server.createQueue('SilentQueue');
    const lambda = await aLambda(() => undefined);
    const { code, err } = await end(start([await path(), '-c', await configFor('Silent')], lambda.env));
    await lambda.stop();
    expect(code).toBe(0);
    expect(err).toContain('the monitor will see them within a minute');
  });
});

interface Call {
  readonly at: string;
  readonly type: string | undefined;
  readonly event: unknown;
  /** When the call came. */
  readonly jobsInQueue: number;
}

/** What answers to Lambda's Invoke; moto's own runs functions in Docker. */
async function aLambda(answer: (response: ServerResponse) => void) {
  const calls: Call[] = [];
  const lambda: Server = createServer((request, response) => {
    void text(request).then(async (body) => {
      calls.push({
        at: `${String(request.method)} ${String(request.url)}`,
        type: request.headers['x-amz-invocation-type'] as string | undefined,
        event: JSON.parse(body) as unknown,
        jobsInQueue: (await server.counts(queueUrl)).waiting,
      });
      answer(response);
    });
  });
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  const { port } = lambda.address() as AddressInfo;
  return {
    calls,
    env: { AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${String(port)}` },
    stop: async () => {
      lambda.closeAllConnections();
      lambda.close();
      await once(lambda, 'close');
    },
  };
}
