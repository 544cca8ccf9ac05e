import { type WorkerSettings, workerSettings } from '../../lib/worker/settings.ts';
import type { z } from 'zod';

/** Settings of a worker that tests nothing about settings; override what the test is about. */
export function settingsWith(own: Partial<z.input<typeof workerSettings>> = {}): WorkerSettings {
  return workerSettings.parse({
    APP_NAME: 'Nuclei',
    SQS_QUEUE_URL: 'http://127.0.0.1/000000000000/jobs',
    DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1/000000000000/dead',
    AWS_REGION: 'us-east-1',
    SOURCE: '/nowhere/in',
    DESTINATION: '/nowhere/out',
    INPUT_MODE: 'folder',
    SCRIPT_DOWNLOAD_URL: '/nowhere/script.groovy',
    EXPECTED_NUMBER_FILES: 1,
    MIN_FILE_SIZE_BYTES: 1,
    JOB_RETRIES: 3,
    RETRY_DELAY_SECONDS: 0,
    SQS_MESSAGE_VISIBILITY: 60,
    JOB_TIMEOUT_MINUTES: 1,
    JOBS_PER_FIJI: 100,
    MEMORY: 1024,
    SCRATCH: '/nowhere/scratch',
    IDLE_SECONDS: 0,
    ...own,
  });
}
