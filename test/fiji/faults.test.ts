/** Each way in which a script can end badly, made to happen for real. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FijiInstallation } from '../../lib/fiji/fiji.ts';
import { fijiOfToday, hasXvfb, testEnv } from './fijis.ts';
import { openBench, type Bench } from './pool-fixture.ts';

let fiji: FijiInstallation;
let bench: Bench;
beforeAll(async () => {
  fiji = await fijiOfToday();
  bench = await openBench(fiji, { prepareNext: true });
});
afterAll(() => bench.close());

function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** Waits for what is sure to come; jest's own limit ends it if it does not. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

test.each([
  ['exit0.groovy', 'System.exit(0)', 0],
  ['exit3.py', 'import java\njava.lang.System.exit(3)', 3],
])('%s, which ends Fiji itself, is a script error', async (name, script, code) => {
  const told = await bench.run(name, script);
  expect(told.outcome).toEqual({
    kind: 'script error',
    reason: expect.stringContaining(`${name} ended Fiji itself, with exit code ${code},`),
  });
});

test('a script that needs more memory than there is', async () => {
  const told = await bench.run('heap.groovy', 'def all = []\nwhile (true) all << new byte[64 << 20]');
  expect(told.outcome).toEqual({
    kind: 'out of memory',
    reason: expect.stringMatching(
      /^Java heap of 512 MiB was not enough for heap\.groovy at line 2: Java heap space\./,
    ),
  });
  expect(told.peakMemoryBytes).toBeGreaterThan(100 << 20);
});

test('a Fiji that the kernel kills is out of memory, not a script error', async () => {
  const told = await bench.run(
    'kill.groovy',
    "['sh', '-c', 'kill -9 ' + new File('/proc/self').canonicalFile.name].execute().waitFor()\nsleep 60000",
  );
  expect(told.outcome).toEqual({
    kind: 'out of memory',
    reason: expect.stringContaining('Fiji was killed while kill.groovy ran'),
  });
});

test('a time limit ends a Fiji that does not even answer, and only that one', async () => {
  const told = await bench.run(
    'stopped.groovy',
    "['sh', '-c', 'kill -STOP ' + new File('/proc/self').canonicalFile.name].execute().waitFor()\nsleep 300000",
    {},
    { timeoutMs: 15_000 },
  );
  expect(told.outcome).toMatchObject({
    kind: 'timeout',
    reason: expect.stringContaining('stopped.groovy was still running after 0.25 min (JOB_TIMEOUT_MINUTES)'),
  });
});

test('a time limit ends the script, every child of it, and says where it stood', async () => {
  const told = await bench.run(
    'hang.groovy',
    `
['sh', '-c', 'sleep 300 & echo $! > output/child; wait'].execute()
['setsid', 'sh', '-c', '(sleep 300 & echo $! > output/stranger)'].execute()
while (!(new File('output/child').length() && new File('output/stranger').length())) sleep 10
sleep 300000`,
    {},
    { timeoutMs: 20_000 },
  );
  expect(told.outcome).toEqual({
    kind: 'timeout',
    reason: 'hang.groovy was still running after 0.33 min (JOB_TIMEOUT_MINUTES), at hang.groovy line 5',
  });
  for (const name of ['child', 'stranger']) expect(isAlive(Number(told.output[name]))).toBe(false);
});

test('a compressed image that is cut off, which ImageJ reads for ever, is told of at the time limit', async () => {
  const whole = readFileSync(join(import.meta.dirname, '../../examples/images/fly/01_POS002_D.TIF'));
  const cut = join(bench.folder, 'cut.tif');
  writeFileSync(cut, whole.subarray(0, 20_000));
  const told = await bench.run('open.groovy', `ij.IJ.openImage('${cut}')`, {}, { timeoutMs: 8_000 });
  expect(told.outcome).toEqual({
    kind: 'timeout',
    reason: expect.stringMatching(/line 1, where ImageJ was reading an image: its file may be cut off$/),
  });
});

test('a job that is interrupted ends at once, and the next one works', async () => {
  const stop = new AbortController();
  const running = bench.run(
    'sleeping.groovy', // not long.groovy: Groovy names the class after the file
    "new File('../../started').text = 'x'\nsleep 300000",
    {},
    { signal: stop.signal },
  );
  setTimeout(() => stop.abort(), 2000);
  expect((await running).outcome).toEqual({ kind: 'interrupted', reason: 'The worker was told to stop.' });
  expect((await bench.run('next.groovy', 'println 1')).outcome).toEqual({ kind: 'success' });
});

test('a script that prints for ever fills no disk: the log keeps the beginning and the end', async () => {
  const told = await bench.run(
    'flood.groovy',
    "println 'first'\n(1..4000).each { println 'again and again ' * 100 + it }\nprint 'last'",
  );
  expect(told.outcome).toEqual({ kind: 'success' });
  expect(told.log.length).toBeLessThan(2.2 * (1 << 20));
  expect(told.log).toMatch(/^first$/m);
  expect(told.log).toMatch(/\n\[\.\.\. \d+ bytes left out \.\.\.\]\n/);
  // Java itself may say something on its other stream meanwhile.
  expect(told.log.slice(-1000)).toContain('again and again 4000\nlast');
});

test('a script that closes its output is not waited for without end, and the rest of its log is whole', async () => {
  const told = await bench.run(
    'mute.groovy',
    "println 'first'\nSystem.out.close()\nSystem.err.println 'last'",
  );
  expect(told.outcome).toEqual({ kind: 'success' });
  expect(told.log).toMatch(/^first$/m);
  expect(told.log).toMatch(/^last$/m);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? test : test.skip)(
  `a full disk${canMount ? '' : ' (skipped: only root can mount a small one)'}`,
  async () => {
    const small = join(bench.folder, 'small');
    mkdirSync(small);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', small]).status).toBe(0);
    try {
      const thrown = await bench.run('full.groovy', `new File('${small}/big').bytes = new byte[4 << 20]`);
      expect(thrown.outcome).toEqual({
        kind: 'disk full',
        reason: expect.stringContaining('No space left on device while full.groovy ran at line 1'),
      });
      // ImageJ catches the error, prints it, leaves half a file, and the script goes on.
      const swallowed = await bench.run(
        'half.groovy',
        `try { new File('${small}/big2').bytes = new byte[4 << 20] } catch (IOException e) { println e }`,
      );
      expect(swallowed.outcome.kind).toBe('disk full');
    } finally {
      spawnSync('umount', [small]);
    }
  },
);

test('a Fiji whose worker is killed ends as well', async () => {
  const script = join(bench.folder, 'orphan.groovy');
  const pid = join(bench.folder, 'orphan.pid');
  writeFileSync(
    script,
    `def part = new File('${pid}.part')\npart.text = new File('/proc/self').canonicalFile.name\npart.renameTo('${pid}')\nsleep 300000`,
  );
  const program = join(bench.folder, 'worker.ts');
  const lib = join(import.meta.dirname, '../../lib/fiji');
  writeFileSync(
    program,
    `import { openFijiPool } from ${JSON.stringify(`${lib}/pool.ts`)};
const pool = await openFijiPool({ fiji: JSON.parse(process.argv[2]), folder: process.argv[3], jobsPerFiji: 1, virtualDisplay: false, heapMiB: 256, prepareNext: false });
await pool.run({ script: process.argv[4], parameters: {}, log: process.argv[3] + '/log', timeoutMs: 300000 }, async () => undefined);`,
  );
  const worker = spawn('npx', ['node', program, JSON.stringify(fiji), join(bench.folder, 'orphan'), script], {
    env: testEnv as NodeJS.ProcessEnv,
    stdio: 'ignore',
    detached: true,
  });
  await until(() => existsSync(pid));
  const jvm = Number(readFileSync(pid, 'utf8'));
  expect(isAlive(jvm)).toBe(true);
  process.kill(-(worker.pid as number), 'SIGKILL');
  await once(worker, 'exit');
  await until(() => !isAlive(jvm));
});

test('a Fiji that does not start is no fault of the job, and says what it said', async () => {
  const broken = await openBench({
    ...fiji,
    start: { kind: 'jars', java: 'java', javaVersion: 17, jars: ['/none.jar'] },
  });
  try {
    await expect(broken.run('a.groovy', '1')).rejects.toMatchObject({
      code: 'FIJI_FAILED',
      message: expect.stringContaining('Could not find or load main class groovy.ui.GroovyMain'),
    });
  } finally {
    await broken.close();
  }
});

describe('without a screen', () => {
  test('what needs one says so', async () => {
    const told = await bench.run('window.groovy', "\nnew java.awt.Frame('x')");
    expect(told.outcome).toEqual({
      kind: 'script error',
      reason: expect.stringMatching(
        /^HeadlessException.*\(window\.groovy line 2\)\. This needs a screen: set VIRTUAL_DISPLAY to true \(--virtual-display on this machine\)/,
      ),
    });
  });

  test('an error without words has no empty colon', async () => {
    const told = await bench.run(
      'silent.py',
      'from java.awt import HeadlessException\nraise HeadlessException()\n',
    );
    expect(told.outcome).toEqual({
      kind: 'script error',
      reason: expect.stringMatching(/^HeadlessException \(silent\.py line 2\)\. This needs a screen/),
    });
  });
});

(hasXvfb ? describe : describe.skip)(
  `on a virtual screen${hasXvfb ? '' : ' (skipped: Xvfb is not installed)'}`,
  () => {
    let screen: Bench;
    beforeAll(async () => (screen = await openBench(fiji, { virtualDisplay: true })));
    afterAll(() => screen.close());

    test('a dialog that nobody answers ends at the time limit and is named', async () => {
      const told = await screen.run(
        'ask.groovy',
        "def d = new ij.gui.GenericDialog('Choose a channel')\nd.addMessage('Which one?')\nd.showDialog()",
        {},
        { timeoutMs: 6000 },
      );
      expect(told.outcome).toEqual({
        kind: 'timeout',
        reason: expect.stringMatching(
          /A window was open and nobody there to answer it: "Choose a channel: .*Which one\?/,
        ),
      });
    });

    test('what waits at a dialog is told of while it waits; a window that nobody waits for is not', async () => {
      const told: string[] = [];
      const stop = new AbortController();
      const onWaiting = (titles: readonly string[]) => {
        told.push(...titles);
        stop.abort();
      };
      const watched = await openBench(fiji, { virtualDisplay: true, lookEveryMs: 500 });
      const show = 'newImage("a", "8-bit ramp", 64, 64, 1);\n';
      const job = { signal: stop.signal, onWaiting };
      expect((await watched.run('busy.ijm', `${show}wait(2500);`, {}, job)).outcome.kind).toBe('success');
      expect(told).toEqual([]);
      const waits = await watched.run('ask.ijm', `${show}waitForUser("Look", "Draw a line");`, {}, job);
      expect(waits.outcome.kind).toBe('interrupted');
      expect(told).toEqual([expect.stringMatching(/^Look/)]);
      await watched.close();
    });

    test('commands of ImageJ 1 run', async () => {
      const told = await screen.run(
        'run.py',
        'from ij import IJ\nimp = IJ.createImage("x", "8-bit ramp", 64, 64, 1)\nIJ.run(imp, "Invert", "")\nIJ.saveAs(imp, "Tiff", "output/x.tif")\n',
      );
      expect(told.outcome).toEqual({ kind: 'success' });
      expect(Object.keys(told.output)).toEqual(['x.tif']);
    });
  },
);
