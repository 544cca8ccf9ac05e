/** What the rest of the product needs of Fiji: one that was found, and one that is running. */
import type { ScriptOutcome } from './outcome.ts';

export type ParameterValue = string | number | boolean;

/** A Fiji (or ImageJ2, or ImageJ) on this machine. */
export interface FijiInstallation {
  /** Absolute path of its folder. */
  readonly home: string;
  /** Where it came from, in one line for people. */
  readonly origin: string;
  readonly start: FijiStart;
}

/** How its JVM is started. */
export type FijiStart =
  /** Fiji's own launcher, with the Java that it chooses: `classic` is ImageJ-linux64, `jaunch` the one since 2024. */
  | { readonly kind: 'launcher'; readonly launcher: string; readonly style: 'classic' | 'jaunch' }
  /** No launcher: Java over these jars (the starter Fiji, or a plain ImageJ 1 with the starter's SciJava). */
  | {
      readonly kind: 'jars';
      readonly java: string;
      /** Major version: 8, 17, ... */
      readonly javaVersion: number;
      readonly jars: readonly string[];
      /** ImageJ's `plugins.dir`. */
      readonly pluginsParent?: string;
      /** The runner, compiled for these jars: starts without Groovy's compiler. */
      readonly runnerJar?: string;
      /** A class-data archive of these jars and this Java: starts in less time. */
      readonly classArchive?: string;
    };

export interface ScriptJob {
  /** Absolute path of the user's script; its extension says the language. */
  readonly script: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Absolute path of a file that receives everything Fiji and the script print, capped. */
  readonly log: string;
  readonly timeoutMs: number;
  /** Aborted on SIGTERM: the job ends as 'interrupted'. */
  readonly signal?: AbortSignal;
  /** Called at most once, after a minute or more, when the script waits at dialogs that nobody will answer. */
  readonly onWaiting?: (titles: readonly string[]) => void;
}

export interface ScriptRun {
  readonly outcome: ScriptOutcome;
  /** Of the script itself; waiting for a Fiji to start is not in it. */
  readonly milliseconds: number;
  /** Largest resident memory of Fiji and its children while this job ran; absent when the system does not tell. */
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
   *
   * @throws FijiStartError when Fiji itself does not start: no fault of the job.
   */
  run<T>(job: ScriptJob, takeOutput: (output: string, run: ScriptRun) => Promise<T>): Promise<T>;
  /** Ends every process it started: polite signal, wait, force. No child is left. */
  close(): Promise<void>;
}
