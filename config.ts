import { defineConfig } from './lib/config/index.ts';

// Every option of your run. Each value here is the default; lines that begin with // are left out.
// Point at a name in your editor for more about it, or see docs/config.md.
// On this machine (npm run local, npm run demo) it works as it is; for AWS fill in AWS_BUCKET and SCRIPT_DOWNLOAD_URL.
export default defineConfig({
  APP_NAME: 'DistributedFiji', // Letters, digits, - and _. Every name made for the run begins with it.

  // DOCKER REGISTRY INFORMATION:
  DOCKERHUB_TAG: 'cellprofiler/distributed-fiji:latest', // Any image with Fiji or ImageJ in it.
  // DOCKER_CREDENTIALS_SECRET: 'name', // Secrets Manager secret for a private registry. Default: none.

  // AWS GENERAL SETTINGS:
  AWS_REGION: 'us-east-1', // Best the bucket's own: data that crosses regions costs money.
  // AWS_PROFILE: 'default', // Profile of your AWS CLI. Default: the one that the AWS tools find.
  AWS_BUCKET: 'your-bucket-name', // Images are read from it, and results written to it.
  // SOURCE_BUCKET: 'bucket-name', // Bucket to read images from, if another. Default: AWS_BUCKET.
  // DESTINATION_BUCKET: 'bucket-name', // Bucket for results, records and logs, if another. Default: AWS_BUCKET.
  UPLOAD_FLAGS: '', // As for `aws s3 cp`, such as '--acl bucket-owner-full-control'.
  // SSH_KEY_NAME: 'your-key-file.pem', // EC2 key pair. Default: none; Session Manager needs no key.
  // SSH_CIDR: '203.0.113.7/32', // Addresses that may use SSH. Default: none.
  // VPC_ID: 'vpc-0123456789abcdef0', // A network of yours. Default: a new one, without NAT gateway.
  ASSIGN_IP: true, // Public addresses for machines; false needs a VPC_ID with a way out.

  // EC2 AND ECS INFORMATION:
  // ECS_CLUSTER: 'default', // Cluster that the machines join. Default: one made for the run, named APP_NAME.
  USE_EXISTING_CLUSTER: false, // true: ECS_CLUSTER is yours already, and stays.
  CLUSTER_MACHINES: 3, // Most machines at a time, 1-5000. Fewer are started when there are fewer jobs.
  ON_DEMAND_MACHINES: 0, // How many of them are not Spot: dearer, never taken away.
  TASKS_PER_MACHINE: 1, // Containers on each machine, each with one job at a time.
  MACHINE_TYPE: ['m5.large', 'm5a.large', 'm6a.large', 'm6i.large'], // Of one size; all x86 or all ARM.
  MACHINE_PRICE: 0.1, // Most to pay for a machine, in US dollars an hour.
  EBS_VOL_SIZE: 30, // In GB, at least 22. A container gets EBS_VOL_SIZE / TASKS_PER_MACHINE - 2.
  DOWNLOAD_FILES: false, // true: copy each job's images to the disk; false: mount the bucket.

  // DOCKER INSTANCE RUNNING ENVIRONMENT:
  MEMORY: 6000, // Of each container, in MiB, at least 512. A hard limit; Java's heap follows it.
  // DOCKER_CORES: 2, // Cores that each Fiji counts on. Default: the machine's / TASKS_PER_MACHINE.
  // CPU_SHARES: 2048, // 1024 a core, set aside for each container. Default: what fits TASKS_PER_MACHINE times.
  SECONDS_TO_START: 0, // Between the starts of two workers on one machine, 0-3600.
  SCRIPT_DOWNLOAD_URL: '', // The script: https://..., s3://bucket/key, or a file. On this machine also --fiji-script.
  JOBS_PER_FIJI: 1, // Jobs until Fiji is started anew. More than 1 is far faster for short jobs.
  VIRTUAL_DISPLAY: false, // true: a virtual screen, for scripts and macros that cannot run headless.
  JOB_TIMEOUT_MINUTES: 120, // A job that takes longer is stopped and counts as failed. At most 690.

  // SQS QUEUE INFORMATION:
  // SQS_QUEUE_NAME: 'name', // Default: APP_NAME + 'Queue'.
  SQS_MESSAGE_VISIBILITY: 600, // Seconds, 30-43200, until the job of a machine that vanished is given out again.
  // SQS_DEAD_LETTER_QUEUE: 'name', // Where jobs go that keep failing. Default: APP_NAME + 'DeadMessages'.
  USE_EXISTING_DEAD_LETTER_QUEUE: false, // true: SQS_DEAD_LETTER_QUEUE is yours already, and stays.
  JOB_RETRIES: 3, // Failures until a job goes there. A machine taken away is no failure.
  RETRY_DELAY_SECONDS: 30, // Before a failed job is tried again, 0-900; doubled each time.

  // LOG GROUP INFORMATION:
  // LOG_GROUP_NAME: 'name', // Default: APP_NAME.
  LOG_RETENTION_DAYS: 60, // How long CloudWatch keeps logs: 1, 3, 5, 7, 14, 30, 60, 90, ... days.

  // MONITORING
  AUTO_MONITOR: true, // false: you keep `npm run monitor` open in a terminal.
  // NOTIFY_EMAIL: 'you@example.org', // Hears when the run is done or stuck. Default: nobody.
  WORKER_IDLE_SECONDS: 60, // The queue must have been empty for so long before a worker leaves, 20-3600.
  MACHINE_IDLE_MINUTES: 15, // A machine without work ends itself, should the monitor have died, 5-720.
  MACHINE_START_MINUTES: 15, // A new machine has so long to join the cluster, 5-120.
  FAILURES_BEFORE_PAUSE: 50, // After so many failures in a row no further machine is started. 0: never stop.
  // STALLED_AFTER_MINUTES: 180, // You are told when no job ended for so long. Default: JOB_TIMEOUT_MINUTES x 1.5.

  // CLOUDWATCH DASHBOARD CREATION
  CREATE_DASHBOARD: true, // A dashboard in CloudWatch for the run.
  CLEAN_DASHBOARD: true, // Remove it at the end of the run.

  // REDUNDANCY CHECKS
  CHECK_IF_DONE_BOOL: true, // Leave out jobs that already succeeded when a job file is sent again.
  EXPECTED_NUMBER_FILES: 1, // Fewest files that a job must write.
  MIN_FILE_SIZE_BYTES: 1, // Smallest size at which a file counts.
  NECESSARY_STRING: '', // What a file's name must hold to count, such as '.csv'.
});
