/**
 * What a worker process is told, by environment variables: written by ECS (task definition) or by `local`, read once
 * at the worker's start. The names are the ancestor's where it had one. This schema is the only place that knows them.
 */
import { z } from 'zod';
import { DistributedFijiError } from '../errors.ts';

/** A boolean for whoever writes the environment, text for whoever reads it. */
const flag = z.union([z.boolean(), z.stringbool()]);
const whole = z.coerce.number().int();

export const workerSettings = z.object({
  APP_NAME: z.string().min(1),
  SQS_QUEUE_URL: z.string().min(1),
  DEAD_LETTER_QUEUE_URL: z.string().min(1),
  AWS_REGION: z.string().optional(),
  /** Where images are read: `s3://bucket` or an absolute folder. */
  SOURCE: z.string().min(1),
  /** Where results, records and logs go: `s3://bucket` or an absolute folder. */
  DESTINATION: z.string().min(1),
  /**
   * The bucket that parameters mean by `s3://BUCKET/KEY` when SOURCE is a folder: the same job file then runs on this
   * machine and in the cloud. Without it, every `s3://` parameter is read from S3.
   */
  SOURCE_BUCKET: z.string().min(1).optional(),
  /** How inputs reach the script: a path under the mount, a copy in scratch, or the user's folder itself. */
  INPUT_MODE: z.enum(['mount', 'download', 'folder']),
  /** The mount's path in the container (INPUT_MODE mount); the ancestor's prefix in parameters is always understood. */
  MOUNT_PATH: z.string().default('/home/ubuntu/bucket'),
  /** https://, s3:// or a file's absolute path. */
  SCRIPT_DOWNLOAD_URL: z.string().min(1),
  /** The image this container runs, for the record. */
  DOCKERHUB_TAG: z.string().optional(),
  EXPECTED_NUMBER_FILES: whole.nonnegative(),
  MIN_FILE_SIZE_BYTES: whole.nonnegative(),
  NECESSARY_STRING: z.string().default(''),
  /** Object options for uploads, e.g. storage class and ACL, as the ancestor's `aws s3 mv` flags. */
  UPLOAD_FLAGS: z.string().default(''),
  /** Failures until a job goes to the dead-letter queue. */
  JOB_RETRIES: whole.positive(),
  /** Seconds before a failed job is tried again; doubled for each further failure, at most 900 (SQS's end). */
  RETRY_DELAY_SECONDS: whole.nonnegative().default(30),
  /** Seconds of each lease; a running worker keeps renewing it. */
  SQS_MESSAGE_VISIBILITY: whole.positive().max(43_200),
  JOB_TIMEOUT_MINUTES: z.coerce.number().positive().max(690),
  JOBS_PER_FIJI: whole.positive(),
  VIRTUAL_DISPLAY: flag.default(false),
  /** Memory of the container in MiB: the Java heap follows it. */
  MEMORY: whole.positive(),
  /** Cores this worker may count on. */
  CORES: whole.positive().default(1),
  /** Disk this container may fill, in bytes: what a folder input is checked against before it is fetched. */
  DISK_BYTES: whole.positive().optional(),
  /** Folder for scratch; made if missing. What one job left there never reaches another. */
  SCRATCH: z.string().min(1),
  /** Home of a Fiji already found by whoever starts the worker; otherwise the worker looks for one. */
  FIJI_HOME: z.string().optional(),
  /** Seconds the queue must have stayed empty before the worker leaves. */
  IDLE_SECONDS: whole.nonnegative().default(60),
  /** The first job is taken at a random moment within so many seconds: workers started together do not all load at once. */
  START_WITHIN_SECONDS: whole.nonnegative().default(0),
  /**
   * Whether a closed standard input means the same as SIGTERM. `local` holds the other end of the pipe: when that
   * process dies, however it dies, the system closes it and no worker is left behind.
   */
  STOP_WHEN_STDIN_CLOSES: flag.default(false),
  /** JSON file with the machine's facts (schema below): containers cannot ask the instance themselves. */
  MACHINE_FACTS: z.string().optional(),
  /** Whether what it prints is read by CloudWatch, which makes metrics of some lines. */
  METRICS: flag.default(false),
  /** The deployment that started this worker, in the monitor's words. Without it, it never looks for a newer one. */
  DEPLOYMENT: z.string().optional(),
  /** `s3://bucket/key`: the object whose metadata DEPLOYMENT_METADATA says which deployment is in force. */
  DEPLOYMENT_IN: z.templateLiteral(['s3://', z.string().min(1), '/', z.string().min(1)]).optional(),
  /** Seconds between two looks at it: each costs as much as reading an object. */
  DEPLOYMENT_LOOK_SECONDS: whole.nonnegative().default(60),
});
export type WorkerSettings = z.infer<typeof workerSettings>;

/** Name of the metadata by which the monitor tells workers which deployment is in force. */
export const DEPLOYMENT_METADATA = 'df-deployment';

/**
 * A job that so many workers had, each of which vanished without a word, is laid aside by the next. Only what SQS itself
 * counts tells: a worker that is stopped says so, and sends its jobs anew. One more than failures are allowed, since a
 * machine may vanish without its job's fault.
 *
 * @param jobRetries JOB_RETRIES
 */
export function mostLosses(jobRetries: number): number {
  return jobRetries + 1;
}

/** The end that SQS puts to receives. */
const MOST_RECEIVES = 1000;

/**
 * The queue's maxReceiveCount: SQS itself lays aside, without a reason, what kills even the workers that would lay it
 * aside. It comes later than they do: one receive for them, and two more, since they may be taken away doing it.
 */
export function redriveAfter(jobRetries: number): number {
  return Math.min(mostLosses(jobRetries) + 3, MOST_RECEIVES);
}

/** What the file that MACHINE_FACTS names may hold; each field lands in every record under the same name. */
export const machineFacts = z.object({
  /** e.g. `m6a.4xlarge`. */
  machine_type: z.string().exactOptional(),
  /** Availability zone, e.g. `us-east-1a`. */
  zone: z.string().exactOptional(),
  /** Instance id, e.g. `i-0123456789abcdef0`. */
  instance: z.string().exactOptional(),
});
export type MachineFacts = z.infer<typeof machineFacts>;

/** The environment variables that give a worker these settings; absent options stay absent. */
export function toEnvironment(settings: z.input<typeof workerSettings>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

/** What the worker was told is incomplete or wrong: whoever starts it (task definition, `local`) has to mend it. */
export class WorkerSettingsError extends DistributedFijiError {
  constructor(problems: readonly string[]) {
    super(
      `The worker's environment is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      {
        code: 'WORKER_FAILED',
        fault: 'environment',
        fix: 'Set these environment variables where the worker is started; lib/worker/settings.ts says what each one is.',
      },
    );
  }
}

/**
 * The settings in an environment. A variable that is set but empty counts as absent, as ECS and shells leave them.
 * @throws WorkerSettingsError naming every missing and every wrong variable at once.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): WorkerSettings {
  const given = Object.fromEntries(
    Object.keys(workerSettings.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = workerSettings.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return name in given ? `${name} is "${given[name] ?? ''}": ${issue.message}` : `${name} is missing`;
  });

  if (parsed.data !== undefined) problems.push(...contradictions(parsed.data));
  if (parsed.data === undefined || problems.length > 0) throw new WorkerSettingsError(problems);
  return parsed.data;
}

/** Settings that are each fine and cannot go together. */
function contradictions(settings: WorkerSettings): string[] {
  const sourceIsBucket = settings.SOURCE.startsWith('s3://');

  return [
    ...(settings.INPUT_MODE === 'folder' && sourceIsBucket
      ? [`INPUT_MODE is "folder", but SOURCE is "${settings.SOURCE}": a folder's absolute path is needed`]
      : []),
    ...(settings.INPUT_MODE === 'mount' && !sourceIsBucket
      ? [
          `INPUT_MODE is "mount", but SOURCE is "${settings.SOURCE}": the mounted bucket's s3:// address is needed`,
        ]
      : []),
  ];
}
