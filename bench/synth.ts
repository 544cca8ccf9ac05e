/**
 * What our own code adds to `cdk synth`: bin/app.ts against an app of one bare queue, each as a whole process started in
 * turn, so that a machine that slows down slows both.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const ROUNDS = 7;
const GOAL = 1.3;

/** What a CDK app of any use imports: the whole library, as the CDK's own templates do. */
const BARE = `
import * as cdk from 'aws-cdk-lib';
const app = new cdk.App();
new cdk.aws_sqs.Queue(new cdk.Stack(app, 'Bare'), 'Queue');
app.synth();
`;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'distributed-fiji-bench-'));
  // Below the checkout, where it finds the same library.
  const program = join(root, 'dist', `bare-app-${String(process.pid)}.mjs`);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(program, BARE);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [a, b] = [timed(join(root, 'bin', 'app.ts'), folder), timed(program, folder)];
      if (round > 0) {
        ours.push(a); // the first round only warms the disk's cache
        theirs.push(b);
      }
    }
    const ratio = median(ours.map((ms, round) => ms / (theirs[round] ?? NaN)));
    process.stdout.write(
      `synth           ${median(ours).toFixed(0)} ms\nbare CDK app    ${median(theirs).toFixed(0)} ms\n` +
        `ratio           ${ratio.toFixed(2)} (goal: at most ${GOAL.toFixed(1)}; medians of ${String(ROUNDS)} rounds in turn)\n`,
    );
  } finally {
    rmSync(program, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of one process, from start to end. */
function timed(program: string, folder: string): number {
  const began = performance.now();
  const env = { ...process.env, CDK_OUTDIR: mkdtempSync(join(folder, 'out-')) };
  const { status, stderr } = spawnSync(process.execPath, [program], { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}:\n${stderr}`);
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
