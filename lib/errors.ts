/**
 * The base of every error that a user can meet, and the codes. Each concrete error stands beside what raises it.
 * A message says what failed and the value received; `fix` says what to do about it.
 */
import { inspect, types } from 'node:util';

/** Stable names for scripts and support; a code is never reused for something else. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'CONFIG_MISSING'
  | 'JOB_FILE_INVALID'
  | 'MESSAGE_INVALID'
  | 'SCRIPT_INVALID'
  | 'INPUT_INVALID'
  | 'OUTPUT_INVALID'
  | 'QUEUE_FAILED'
  | 'STORE_FAILED'
  | 'FIJI_NOT_FOUND'
  | 'FIJI_FAILED'
  | 'JAVA_NOT_FOUND'
  | 'DOWNLOAD_FAILED'
  | 'WORKER_FAILED'
  | 'RUN_IN_PROGRESS'
  | 'JOBS_FAILED'
  | 'STOPPED'
  | 'SYSTEM_UNSUPPORTED'
  | 'USAGE'
  | 'MONITOR_FAILED'
  | 'DEPLOY_REFUSED'
  | 'DEPLOY_FAILED'
  | 'AWS_FAILED';

/** Who can mend it: the user (their config, file or script), their surroundings (disk, network, account), or us. */
export type Fault = 'user' | 'environment' | 'product';

export interface ErrorParts {
  readonly code: ErrorCode;
  readonly fault?: Fault;
  /** One sentence, in the imperative, that ends the trouble. */
  readonly fix?: string;
  readonly cause?: unknown;
}

export class DistributedFijiError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly fix: string | undefined;

  constructor(message: string, parts: ErrorParts) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = new.target.name;
    this.code = parts.code;
    this.fault = parts.fault ?? 'user';
    this.fix = parts.fix;
  }
}

/** What anything thrown says, for a log or a record: never `[object Object]`. */
export function messageOf(thrown: unknown): string {
  // An error of another realm (a vm context) is no instance of this one's Error.
  if (types.isNativeError(thrown)) return thrown.message;
  const { message } = (thrown ?? {}) as { readonly message?: unknown };
  return typeof message === 'string'
    ? message
    : typeof thrown === 'object'
      ? inspect(thrown)
      : String(thrown);
}
