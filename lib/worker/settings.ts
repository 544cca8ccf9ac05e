/**
 * What a worker process is told, by environment variables: written by ECS (task definition) or by `local`, read once
 * at the worker's start. The names are the ancestor's where it had one. This schema is the only place that knows them.
 */
import { z } from 'zod';

const flag = z.stringbool();
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
  /** JSON file with the machine's facts (type, zone, instance id): containers cannot ask the instance themselves. */
  MACHINE_FACTS: z.string().optional(),
});
export type WorkerSettings = z.infer<typeof workerSettings>;

/** The environment variables that give a worker these settings; absent options stay absent. */
export function toEnvironment(settings: z.input<typeof workerSettings>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
