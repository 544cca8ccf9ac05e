import { defineConfig } from '../../lib/config/index.ts';

/** For trying: one small machine, one container, a few cents an hour. Everything else is at its default. */
export default defineConfig({
  APP_NAME: 'FirstTry',
  AWS_REGION: 'us-east-1',
  AWS_BUCKET: 'your-bucket-name',
  SCRIPT_DOWNLOAD_URL: 's3://your-bucket-name/scripts/count_nuclei.py',

  CLUSTER_MACHINES: 1,
  TASKS_PER_MACHINE: 1,
  MACHINE_TYPE: ['m5.large', 'm5a.large', 'm6a.large', 'm6i.large'], // 2 cores, 8 GiB
  MACHINE_PRICE: 0.1,
  EBS_VOL_SIZE: 22,
  MEMORY: 6000,
  JOB_TIMEOUT_MINUTES: 30,
});
