/** What each worker of a run on this machine is told: the settings that ECS gives it in the cloud, with folders for buckets. */
import type { Config } from '../config/index.ts';
import { toEnvironment, workerSettings } from '../worker/settings.ts';
import type { Capacity } from './capacity.ts';
import type { EmbeddedQueue } from './embedded-queue.ts';

/**
 * Seconds until the job of a worker that was killed is handed out again. Workers renew it, and nothing is slow between
 * processes of one machine, so it can be far shorter than in the cloud.
 */
export const LEASE_SECONDS = 20;

/** The command stops its workers itself; they must not leave while the queue is being filled. */
const NEVER_IDLE_SECONDS = 14 * 24 * 3600;

export interface WorkerPlan {
  readonly config: Config;
  /** Absolute folders. */
  readonly source: string;
  readonly destination: string;
  readonly scratch: string;
  /** Absolute path, or an address. */
  readonly script: string;
  readonly fijiHome: string | undefined;
  readonly jobsPerFiji: number;
  readonly virtualDisplay: boolean;
  /** Times that a job may fail before it counts as failed. */
  readonly tries: number;
  readonly capacity: Capacity;
  readonly queue: Pick<EmbeddedQueue, 'queueUrl' | 'deadLetterQueueUrl' | 'environment'>;
}

/** @param inherited the environment of this process: paths, proxies, the user's own keys for `s3://` */
export function workerEnvironment(
  { config, capacity, queue, ...plan }: WorkerPlan,
  inherited: NodeJS.ProcessEnv,
): Record<string, string> {
  const settings = toEnvironment({
    APP_NAME: config.APP_NAME,
    SQS_QUEUE_URL: queue.queueUrl,
    DEAD_LETTER_QUEUE_URL: queue.deadLetterQueueUrl,
    AWS_REGION: config.AWS_REGION,
    SOURCE: plan.source,
    DESTINATION: plan.destination,
    SOURCE_BUCKET: config.SOURCE_BUCKET,
    INPUT_MODE: 'folder',
    SCRIPT_DOWNLOAD_URL: plan.script,
    EXPECTED_NUMBER_FILES: config.EXPECTED_NUMBER_FILES,
    MIN_FILE_SIZE_BYTES: config.MIN_FILE_SIZE_BYTES,
    NECESSARY_STRING: config.NECESSARY_STRING,
    JOB_RETRIES: plan.tries,
    RETRY_DELAY_SECONDS: 1,
    SQS_MESSAGE_VISIBILITY: LEASE_SECONDS,
    JOB_TIMEOUT_MINUTES: config.JOB_TIMEOUT_MINUTES,
    JOBS_PER_FIJI: plan.jobsPerFiji,
    VIRTUAL_DISPLAY: String(plan.virtualDisplay),
    MEMORY: capacity.memoryMiB,
    CORES: capacity.coresEach,
    SCRATCH: plan.scratch,
    FIJI_HOME: plan.fijiHome,
    IDLE_SECONDS: NEVER_IDLE_SECONDS,
    STOP_WHEN_STDIN_CLOSES: 'true',
  });
  // A setting that is absent here must be absent there: MEMORY or DISK_BYTES may mean something else in a user's shell.
  const others = Object.entries(inherited).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !(entry[0] in workerSettings.shape),
  );
  return {
    ...Object.fromEntries(others),
    ...(config.AWS_PROFILE !== undefined && { AWS_PROFILE: config.AWS_PROFILE }),
    ...queue.environment,
    ...settings,
  };
}
