import { defineConfig } from '../../lib/config/index.ts';

/** Few large machines with 16 containers each: 48 jobs at a time. A container gets 165 / 16 - 2 = 8.3 GB of disk. */
export default defineConfig({
  APP_NAME: 'ManyContainers',
  AWS_REGION: 'us-east-1',
  AWS_BUCKET: 'your-bucket-name',
  SCRIPT_DOWNLOAD_URL: 's3://your-bucket-name/scripts/count_nuclei.py',

  CLUSTER_MACHINES: 3,
  TASKS_PER_MACHINE: 16,
  MACHINE_TYPE: ['m5.16xlarge', 'm5a.16xlarge', 'm6a.16xlarge', 'm6i.16xlarge'], // 64 cores, 256 GiB
  MACHINE_PRICE: 2,
  EBS_VOL_SIZE: 165,
  MEMORY: 15000,
});
