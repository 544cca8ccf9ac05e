/** Runs small scripts in a real pool and tells everything that a job leaves behind. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  FijiInstallation,
  FijiPool,
  ParameterValue,
  ScriptJob,
  ScriptRun,
} from '../../lib/fiji/fiji.ts';
import { openFijiPool, type FijiPoolOptions } from '../../lib/fiji/pool.ts';
import { testEnv } from './fijis.ts';

export interface Told extends ScriptRun {
  readonly log: string;
  /** Name and text of each file in the output folder. */
  readonly output: Readonly<Record<string, string>>;
}

export interface Bench {
  readonly folder: string;
  readonly pool: FijiPool;
  /** Writes the script under this name and runs it. */
  run(
    name: string,
    script: string,
    parameters?: Readonly<Record<string, ParameterValue>>,
    more?: Pick<Partial<ScriptJob>, 'timeoutMs' | 'signal' | 'onWaiting'>,
  ): Promise<Told>;
  close(): Promise<void>;
}

export async function openBench(
  fiji: FijiInstallation,
  options: Partial<FijiPoolOptions> = {},
): Promise<Bench> {
  // A name with a space and an accent: people have such folders.
  const folder = mkdtempSync(join(tmpdir(), 'fiji pool é '));
  const pool = await openFijiPool({
    fiji,
    folder: join(folder, 'scratch'),
    jobsPerFiji: 100,
    virtualDisplay: false,
    heapMiB: 512,
    env: testEnv,
    prepareNext: false,
    ...options,
  });
  let jobs = 0;
  return {
    folder,
    pool,
    async run(name, script, parameters = {}, more = {}) {
      const path = join(folder, name);
      writeFileSync(path, script);
      const log = join(folder, `${++jobs}.log`);
      return pool.run({ script: path, parameters, log, timeoutMs: 90_000, ...more }, async (output, run) => ({
        ...run,
        log: existsSync(log) ? readFileSync(log, 'utf8') : '',
        output: Object.fromEntries(
          readdirSync(output).map((file) => [file, readFileSync(join(output, file), 'utf8')]),
        ),
      }));
    },
    async close() {
      await pool.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
