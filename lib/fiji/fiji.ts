/** The two things the rest of the product needs of Fiji: one that was found, and one that is running. */
import type { ScriptOutcome } from './outcome.ts';

export type ParameterValue = string | number | boolean;

/** A Fiji (or ImageJ2) on this machine. */
export interface FijiInstallation {
  /** Absolute path of its folder. */
  readonly home: string;
  /** Where it came from, in one line for people. */
  readonly origin: string;
}

export interface ScriptJob {
  /** Absolute path of the user's script; its extension says the language. */
  readonly script: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Absolute path of a file that receives everything Fiji and the script print, capped. */
  readonly log: string;
  readonly timeoutMs: number;
  /** Aborted on SIGTERM: the job ends as 'interrupted'. */
  readonly signal?: AbortSignal;
}

export interface ScriptRun {
  readonly outcome: ScriptOutcome;
  readonly milliseconds: number;
  /** Largest resident memory of Fiji and its children while this job ran. */
  readonly peakMemoryBytes?: number;
}

/**
 * Fijis on demand for one worker: starts them, reuses each for `jobsPerFiji` jobs, prepares the next one while this one
 * works (jobsPerFiji 1), replaces one after any outcome but success.
 */
export interface FijiPool {
  /**
   * Runs one script. The script's working folder holds an empty `output` folder when it starts; `takeOutput` is called
   * after it ended (whatever the outcome) with the folder's absolute path, before it is emptied for the next job.
   */
  run<T>(job: ScriptJob, takeOutput: (output: string, run: ScriptRun) => Promise<T>): Promise<T>;
  /** Ends every process it started: polite signal, wait, force. No child is left. */
  close(): Promise<void>;
}
