/** Step 2: Fiji runs the script; what it left is judged and moved out of Fiji's way. */
import type { FijiPool, ScriptRun } from '../fiji/fiji.ts';
import type { Attempt, Verdict } from './attempt.ts';
import type { WorkerEvents } from './events.ts';
import { judgeError } from './judge-error.ts';
import { leftBeside } from './left-beside.ts';
import { listOutputs, missingOutputs, type OutputFile, stageOutputs } from './outputs.ts';
import type { Scratch } from './scratch.ts';
import type { FetchedScript } from './script.ts';
import type { WorkerSettings } from './settings.ts';

export interface RunContext {
  readonly settings: WorkerSettings;
  readonly pool: FijiPool;
  readonly script: FetchedScript;
  readonly scratch: Scratch;
  readonly events: WorkerEvents;
}

/** How the step can end: with files to store, or with the job's end. */
export type Ran =
  | { readonly kind: 'outputs'; readonly files: readonly OutputFile[] }
  | { readonly kind: 'ended'; readonly verdict: Verdict };

/** How often a long job's disk is measured. */
const DISK_SAMPLE_MS = 10_000;

export async function runScript(attempt: Attempt, context: RunContext): Promise<Ran> {
  const { settings, pool, script, scratch, events } = context;
  const measureDisk = async () => {
    attempt.peakDiskBytes = Math.max(attempt.peakDiskBytes ?? 0, await scratch.used());
  };
  const sampling = setInterval(() => void measureDisk(), DISK_SAMPLE_MS);

  try {
    return await pool.run(
      {
        script: script.path,
        parameters: attempt.parameters,
        log: attempt.fijiLog,
        timeoutMs: settings.JOB_TIMEOUT_MINUTES * 60_000,
        signal: attempt.signal,
        onWaiting: (windows) => void events.emit('window open', { ...attempt.names, windows }),
      },
      async (output, run) => {
        attempt.phases.fiji = Math.round(run.milliseconds);
        attempt.peakMemoryBytes = run.peakMemoryBytes;
        await measureDisk();
        return takeOutputs(output, run, attempt, settings);
      },
    );
  } finally {
    clearInterval(sampling);
  }
}

/** Outputs of a job that failed are not kept: half a result looks like a result. */
async function takeOutputs(
  output: string,
  run: ScriptRun,
  attempt: Attempt,
  settings: WorkerSettings,
): Promise<Ran> {
  if (run.outcome.kind !== 'success') {
    return { kind: 'ended', verdict: { outcome: run.outcome.kind, reason: run.outcome.reason } };
  }
  try {
    const { files, skipped } = await listOutputs(output);
    attempt.notes.push(...skipped.map((why) => `Not uploaded: ${why}.`));
    const missing = missingOutputs(files, settings);
    if (missing !== undefined) {
      const reason = [missing, await leftBeside(output)].filter((said) => said !== undefined).join('. ');
      return { kind: 'ended', verdict: { outcome: 'missing outputs', reason } };
    }
    return { kind: 'outputs', files: await stageOutputs(files, attempt.folder) };
  } catch (error) {
    return { kind: 'ended', verdict: judgeError(error, attempt, 'missing outputs') };
  }
}
