/** Runs what local-setup.ts has checked, shows how it goes, and says how it ended. */
import type { Config } from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';
import type { FijiInstallation } from '../fiji/fiji.ts';
import { capacityOf, thisMachine, type Capacity } from '../local/capacity.ts';
import type { Progress } from '../local/progress.ts';
import { runLocally, type LocalRunResult } from '../local/run.ts';
import { plural } from '../plural.ts';
import { liveLine } from './live-line.ts';
import { scratchFolder, type LocalSetup } from './local-setup.ts';
import { progressText, windowsText } from './progress-text.ts';

export interface LocalChoices {
  readonly workers?: number | undefined;
  readonly jobsPerFiji?: number | undefined;
  readonly virtualDisplay?: boolean | undefined;
  /** Times that a job may fail before it counts as failed. */
  readonly tries: number;
}

/** Ctrl-C, or a signal that means the same. */
export class StoppedError extends DistributedFijiError {
  constructor({ total, before, succeeded, windows }: LocalRunResult) {
    const waited = windows.length === 0 ? '' : ` When it was stopped, ${windowsText(windows, 'was')}.`;
    super(`Stopped: ${before + succeeded} of ${total} jobs are done.${waited}`, {
      code: 'STOPPED',
      fix:
        windows.length === 0
          ? 'The same command goes on with the others.'
          : 'Take the dialog out of the script, make what it asks for a parameter (a #@ line), then use the same command again.',
    });
  }
}

/** @throws whatever the run throws; not for jobs that failed, which are in the result */
export async function runAloud(
  setup: LocalSetup & { readonly notes: readonly string[] },
  fiji: FijiInstallation,
  config: Config,
  choices: LocalChoices,
): Promise<LocalRunResult & { readonly seconds: number }> {
  const { jobFile, script, input, output } = setup;
  const capacity = capacityOf(thisMachine(), {
    memoryMiB: config.MEMORY,
    jobs: jobFile.count,
    asked: choices.workers,
  });
  process.stdout.write(`${introduction(setup, fiji, capacity)}\n\n`);

  const line = liveLine();
  let latest: Progress | undefined;
  const stop = stopOnSignals(() => {
    // What stays on the screen above the word of it promises nothing any more.
    if (latest !== undefined) line.show(progressText(latest, true));
    line.end();
  });
  const started = performance.now();
  try {
    const result = await runLocally({
      config,
      jobFile,
      source: input,
      destination: output,
      scratch: scratchFolder(),
      script: script.source,
      scriptSha256: script.sha256,
      fijiHome: fiji.home,
      jobsPerFiji: choices.jobsPerFiji ?? config.JOBS_PER_FIJI,
      virtualDisplay: choices.virtualDisplay ?? config.VIRTUAL_DISPLAY,
      tries: choices.tries,
      capacity,
      signal: stop.signal,
      now: stop.now,
      onProgress: (progress) => {
        latest = progress;
        line.show(progressText(progress, stop.signal.aborted));
      },
    });
    return { ...result, seconds: (performance.now() - started) / 1000 };
  } finally {
    line.end();
    stop.forget();
  }
}

function introduction(
  { jobFile, script, input, output, notes }: LocalSetup & { readonly notes: readonly string[] },
  fiji: FijiInstallation,
  capacity: Capacity,
): string {
  const workers = capacity.workers === 1 ? '1 at a time' : `${capacity.workers} at a time`;
  const gaps = jobFile.gaps.length;
  return [
    `Job file  ${jobFile.path}: ${plural(jobFile.count, 'job')}`,
    `Script    ${script.source}`,
    `Images    ${input}`,
    `Results   ${output}`,
    `Fiji      ${fiji.origin}`,
    `Jobs      ${workers} (${capacity.reason})`,
    ...notes.map((note) => `Note      ${note}`),
    ...(gaps === 0 ? [] : [`Note      The file names have ${plural(gaps, 'gap')}; --dry-run says where.`]),
  ].join('\n');
}

interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Aborted by the second. */
  readonly now: AbortSignal;
  forget(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param onFirst called before anything is said of the first */
function stopOnSignals(onFirst: () => void): Stop {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = (): void => {
    if (first.signal.aborted) {
      second.abort();
      return;
    }
    first.abort();
    onFirst();
    process.stdout.write(
      '\nStopping: jobs under way go back, what is done stays. Ctrl-C again stops at once.\n',
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: first.signal,
    now: second.signal,
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
