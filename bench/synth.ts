/**
 * What our own code adds to `cdk synth`: bin/app.ts beside two apps that are the CDK's alone (bench/synth), each a whole
 * process, started in turn, so that a machine that slows down slows all of them. Each keeps its output folder, as users
 * do, and is what the CDK makes of it by default.
 *
 * Our app leaves out the CDK's validator of templates and keeps compiled code; a bare app has the validator and keeps
 * nothing. So that neither is mistaken for speed of ours, the bare apps are also measured without the validator.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const ROUNDS = 7;
const GOAL = 1.3;

/** Writes what the process has used of the processors, in microseconds, as it ends. */
const TELL = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>{const{user,system}=process.cpuUsage();writeSync(3,String(user+system))})`;

interface App {
  readonly name: string;
  /** Words after `node`. */
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** Milliseconds of one process, from start to end. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const without = { CDK_VALIDATION: 'false' };
const bare = join(root, 'bench', 'synth', 'bare-app.mjs');
const sameKinds = join(root, 'bench', 'synth', 'same-kinds-app.mjs');
const apps: readonly App[] = [
  // As cdk.json starts it.
  { name: 'ours', words: ['--import', './bin/node-version.mjs', 'bin/app.ts'], environment: {} },
  { name: 'bare app, one queue', words: [bare], environment: {} },
  { name: 'bare app, our kinds of resources', words: [sameKinds], environment: {} },
  { name: '… one queue, no validator', words: [bare], environment: without },
  { name: '… our kinds, no validator', words: [sameKinds], environment: without },
];

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'distributed-fiji-bench-'));
  const costs = apps.map((): Cost[] => []);
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      apps.forEach((app, index) => {
        const cost = costOf(app, join(folder, String(index)));
        if (round > 0) costs[index]?.push(cost); // the first only warms the disk's cache, and ours
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(costs);
}

function print(costs: readonly (readonly Cost[])[]): void {
  const say = (cells: readonly string[]): void => {
    process.stdout.write(
      `${cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(10))).join('')}\n`,
    );
  };
  const ours = costs[0] ?? [];
  const ratioTo = (theirs: readonly Cost[], of: keyof Cost): string =>
    median(ours.map((cost, round) => cost[of] / (theirs[round]?.[of] ?? NaN))).toFixed(2);
  say(['', 'wall ms', 'CPU ms', 'ours/this', 'by CPU']);
  apps.forEach(({ name }, index) => {
    const each = costs[index] ?? [];
    const ratios = index === 0 ? [] : [ratioTo(each, 'wall'), ratioTo(each, 'cpu')];
    const [wall, cpu] = (['wall', 'cpu'] as const).map((of) =>
      median(each.map((cost) => cost[of])).toFixed(0),
    );
    say([name, wall ?? '', cpu ?? '', ...ratios]);
  });
  process.stdout.write(
    `goal: ours at most ${String(GOAL)} times a bare app; medians of ${String(ROUNDS)} rounds in turn\n`,
  );
}

function costOf({ name, words, environment }: App, folder: string): Cost {
  const began = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ['--import', TELL, ...words], {
    cwd: root,
    env: { ...process.env, ...environment, CDK_OUTDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} ended with ${String(status)}:\n${stderr}`);
  return { wall: performance.now() - began, cpu: Number(output[3]) / 1000 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
