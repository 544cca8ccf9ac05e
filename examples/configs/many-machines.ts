import { defineConfig } from '../../lib/config/index.ts';

/**
 * A hundred small machines with one container each. 15000 MiB of a machine's 16 GiB is tight: if some machines have no
 * room for the container, 14000 has.
 */
export default defineConfig({
  APP_NAME: 'ManyMachines',
  AWS_REGION: 'us-east-1',
  AWS_BUCKET: 'your-bucket-name',
  SCRIPT_DOWNLOAD_URL: 's3://your-bucket-name/scripts/count_nuclei.py',

  CLUSTER_MACHINES: 100,
  TASKS_PER_MACHINE: 1,
  MACHINE_TYPE: ['m5.xlarge', 'm5a.xlarge', 'm6a.xlarge', 'm6i.xlarge'], // 4 cores, 16 GiB
  MACHINE_PRICE: 0.2,
  EBS_VOL_SIZE: 22,
  MEMORY: 15000,
});
