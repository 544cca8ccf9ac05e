/**
 * What a Fiji that waits, or stays, is worth: jobs a minute on 512 x 512 images (open, blur, save), beside starting one
 * Fiji process a job as people do by hand. All ways take turns in one run on one machine, so that the ratios hold.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DistributedFijiError } from '../lib/errors.ts';
import { findFiji } from '../lib/fiji/find/find.ts';
import type { FijiInstallation } from '../lib/fiji/fiji.ts';
import { openFijiPool } from '../lib/fiji/pool.ts';
import { runnerFolder } from '../lib/fiji/runner/path.ts';

const HEAP_MIB = 1024;

const SCRIPT = `#@ File input
#@ Double sigma
#@ String output_directory
import os
from ij import IJ
from ij.io import FileSaver
from ij.plugin.filter import GaussianBlur
imp = IJ.openImage(input.getAbsolutePath())
GaussianBlur().blurGaussian(imp.getProcessor(), sigma, sigma, 0.01)
FileSaver(imp).saveAsTiff(os.path.join(output_directory, "blurred.tif"))
`;

/** Writes the picture that all jobs read: no download, no licence. */
const PICTURE = `#@ File file
def ip = new ij.process.ByteProcessor(512, 512)
def random = new Random(1)
(0..<512 * 512).each { ip.set(it, random.nextInt(256)) }
new ij.io.FileSaver(new ij.ImagePlus('noise', ip)).saveAsTiff(file.path)
`;

export async function run(): Promise<void> {
  const fiji = await findFiji({ env: { ...process.env, FIJI_HOME: undefined, PATH: process.env['PATH'] } });
  const folder = await mkdtemp(join(tmpdir(), 'bench-fiji-'));
  try {
    const script = join(folder, 'blur.py');
    await writeFile(script, SCRIPT);
    await writeFile(join(folder, 'picture.groovy'), PICTURE);
    const input = join(folder, 'picture.tif');
    await pooled(fiji, {
      folder,
      script: join(folder, 'picture.groovy'),
      parameters: { file: input },
      jobsPerFiji: 1,
      workers: 1,
      jobs: 1,
      output: 0,
    });

    const cores = availableParallelism();
    const blur = { folder, script, parameters: { input, sigma: 2 }, output: 1 };
    console.log(`Fiji: ${fiji.origin}\n${cores} cores; 512 x 512, 8 bit: open, blur, save (Jython)\n`);
    console.log(`${''.padEnd(62)}jobs/min   times`);
    for (const workers of [1, cores]) {
      const who = workers === 1 ? 'one worker' : `${workers} workers, every core busy`;
      const alone = await processes(fiji, { ...blur, workers, jobs: 4 * workers });
      print(`${who}: one Fiji process a job`, alone, alone);
      print(
        `${who}: JOBS_PER_FIJI 1, the next one prepared`,
        await pooled(fiji, { ...blur, workers, jobs: 4 * workers, jobsPerFiji: 1 }),
        alone,
      );
      print(
        `${who}: JOBS_PER_FIJI 1000`,
        await pooled(fiji, { ...blur, workers, jobs: 100 * workers, jobsPerFiji: 1000 }),
        alone,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function print(what: string, rate: number, alone: number): void {
  console.log(`${what.padEnd(62)}${rate.toFixed(1).padStart(8)}${(rate / alone).toFixed(1).padStart(8)}`);
}

interface Load {
  readonly folder: string;
  readonly script: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly workers: number;
  readonly jobs: number;
  /** Files that each job must leave. */
  readonly output: number;
}

/** Jobs a minute through pools, one for each worker; the first job of each is not counted: it waits for the first start. */
async function pooled(
  fiji: FijiInstallation,
  load: Load & { readonly jobsPerFiji: number },
): Promise<number> {
  const pools = await Promise.all(
    Array.from({ length: load.workers }, (_, worker) =>
      openFijiPool({
        fiji,
        folder: join(load.folder, `pool-${worker}`),
        jobsPerFiji: load.jobsPerFiji,
        virtualDisplay: false,
        heapMiB: HEAP_MIB,
      }),
    ),
  );
  const one = async (pool: (typeof pools)[number], worker: number) =>
    pool.run(
      {
        script: load.script,
        parameters: load.parameters,
        log: join(load.folder, `${worker}.log`),
        timeoutMs: 300_000,
      },
      async (output, { outcome }) => {
        if (outcome.kind !== 'success') throw failed(outcome.reason);
        await mustHold(output, load.output);
      },
    );
  try {
    await Promise.all(pools.map(one));
    const started = performance.now();
    await Promise.all(
      pools.map(async (pool, worker) => {
        for (let job = 0; job < load.jobs / load.workers; job++) await one(pool, worker);
      }),
    );
    return (load.jobs / (performance.now() - started)) * 60_000;
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

/** Jobs a minute when every job starts `--headless --run script "key='value',..."`, as by hand. */
async function processes(fiji: FijiInstallation, load: Load): Promise<number> {
  const { start } = fiji;
  const given = Object.entries(load.parameters)
    .map(([key, value]) => `${key}='${value}'`)
    .join(',');
  const one = async (worker: number) => {
    const work = join(load.folder, `alone-${worker}`);
    const output = join(work, 'output');
    await rm(work, { recursive: true, force: true });
    await mkdir(output, { recursive: true });
    const args = ['--headless', '--run', load.script, `${given},output_directory='${output}'`];
    const child =
      start.kind === 'launcher'
        ? spawn(start.launcher, args, { cwd: work, stdio: 'ignore' })
        : spawn(
            start.java,
            [
              `-Xmx${HEAP_MIB}m`,
              '-Djava.awt.headless=true',
              '-Dpython.cachedir.skip=true',
              '-cp',
              start.jars.join(delimiter),
              'groovy.ui.GroovyMain',
              join(runnerFolder(), 'gateway.groovy'),
              ...args,
            ],
            { cwd: work, stdio: 'ignore' },
          );
    await once(child, 'exit');
    await mustHold(output, load.output);
  };
  const started = performance.now();
  await Promise.all(
    Array.from({ length: load.workers }, async (_, worker) => {
      for (let job = 0; job < load.jobs / load.workers; job++) await one(worker);
    }),
  );
  return (load.jobs / (performance.now() - started)) * 60_000;
}

/** A figure for work that was not done is no figure. */
async function mustHold(output: string, files: number): Promise<void> {
  const names = await readdir(output);
  if (names.length !== files) throw failed(`${files} files expected in ${output}, found ${names.length}`);
  for (const name of names)
    if ((await stat(join(output, name))).size < 512 * 512) throw failed(`${name} is not a whole picture`);
}

function failed(reason: string): DistributedFijiError {
  return new DistributedFijiError(`The benchmark's script failed: ${reason}`, {
    code: 'FIJI_FAILED',
    fault: 'product',
  });
}
