/**
 * A run that is killed at random moments and continued: every output right, nothing twice, nobody left behind.
 *
 * LOCAL_KILLS is how often the whole command is killed (2), LOCAL_JOBS how many jobs there are (40), LOCAL_SEED makes a
 * run of bad luck happen again.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRecords } from '../../lib/records/reader.ts';
import { summarize } from '../../lib/records/summary.ts';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { aFolder } from '../fixtures/folder.ts';
import { childrenOf, descendants, isAlive } from '../fixtures/processes.ts';

const kills = Number(process.env.LOCAL_KILLS ?? 2);
const jobs = Number(process.env.LOCAL_JOBS ?? 40);
const seed = Number(process.env.LOCAL_SEED ?? Date.now() % 100_000);

/** Writes in two steps, so that a kill can come between them. */
const SCRIPT = `#@ String Plate
#@ Integer number
#@ File output_directory
def file = new File(output_directory, "\${Plate}_\${number}.txt")
file.setText("begun\\n", 'UTF-8')
Thread.sleep(100)
file.setText("square of \${number} is \${number * number}\\n", 'UTF-8')
`;

/** mulberry32: the same numbers for the same seed. */
function randomFrom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function start(args: readonly string[]): ChildProcess & { printed: string } {
  const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
  const child = Object.assign(
    spawn(process.execPath, ['--import', bin('node-version.mjs'), bin('distributed-fiji.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    { printed: '' },
  );
  const keep = (chunk: Buffer): void => {
    child.printed += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return child;
}

async function gone(pids: readonly number[]): Promise<number[]> {
  for (let second = 0; second < 60; second++) {
    const alive = (await Promise.all(pids.map(isAlive))).flatMap((is, index) => (is ? [pids[index]!] : []));
    if (alive.length === 0) return [];
    await sleep(1000);
  }
  return pids.filter((pid) => pid);
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  `${jobs} jobs, the command killed ${kills} times, a worker each time before (LOCAL_SEED=${seed})`,
  async () => {
    const random = randomFrom(seed);
    const folder = await aFolder();
    const output = join(folder, 'rés $HOME');
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in', 'image.tif'), 'no image');
    await writeFile(join(folder, 'slow square.groovy'), SCRIPT);
    await writeFile(
      join(folder, 'squares.json'),
      JSON.stringify({
        output_file_location: 'squares/{Plate}',
        groups: { Plate: 'P 1', number: `1..${jobs}` },
      }),
    );
    await writeFile(join(folder, 'config.ts'), `export default { JOBS_PER_FIJI: 1000, MEMORY: 512 };\n`);
    const args = [
      'local',
      join(folder, 'squares.json'),
      ...['--script', join(folder, 'slow square.groovy'), '--input', join(folder, 'in')],
      ...['--output', output, '--config', join(folder, 'config.ts'), '--workers', '2'],
    ];
    const store = new FolderStore(output);
    const done = async (): Promise<number> =>
      (await summarize(readRecords(store, 'DistributedFiji', 'squares'))).done;

    for (let kill = 1; kill <= kills; kill++) {
      const command = start(args);
      const ended = once(command, 'exit');
      // Until jobs get done, and then a random while: not only while Fijis start.
      const before = await done();
      while (command.exitCode === null && (await done()) === before) await sleep(200);
      await sleep(random() * 1500);
      const workers = await childrenOf(command.pid!);
      const unlucky = workers[Math.floor(random() * workers.length)];
      if (unlucky !== undefined) process.kill(unlucky, 'SIGKILL');
      await sleep(random() * 1500);
      const everybody = await descendants(command.pid!);
      if (command.exitCode === null) process.kill(command.pid!, 'SIGKILL');
      await ended;
      expect(await gone(everybody)).toEqual([]);
    }
    const last = start(args);
    const [code] = (await once(last, 'exit')) as [number | null];
    expect(`${last.printed}\nexit code ${code}`).toContain(`${jobs} of ${jobs} jobs done`);
    expect(code).toBe(0);

    const wanted = Array.from({ length: jobs }, (_, index) => index + 1);
    const results = join(output, 'squares', 'P 1');
    expect((await readdir(results)).sort()).toEqual(wanted.map((number) => `P 1_${number}.txt`).sort());
    for (const number of wanted) {
      expect(await readFile(join(results, `P 1_${number}.txt`), 'utf8')).toBe(
        `square of ${number} is ${number * number}\n`,
      );
    }
    const summary = await summarize(readRecords(store, 'DistributedFiji', 'squares'));
    expect([summary.done, summary.failed]).toEqual([jobs, []]);
    expect(await readdir(join(output, 'distributed-fiji', '.unfinished'))).toEqual([]);
    expect(await readdir(join(output, 'distributed-fiji'))).not.toContain('running.json');
  },
  600_000,
);
