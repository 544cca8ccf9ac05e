/** One worker container: what it runs, what it gets of its machine, what it may do. No service keeps it: the monitor starts it. */
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Policy, Role } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config, Derived } from '../config/index.ts';
import { MACHINE_ATTRIBUTES, WORKER_CONTAINER } from '../monitor/settings.ts';
import { WORKER_ENTRY } from '../worker/bundle.ts';
import { toEnvironment } from '../worker/settings.ts';
import { loginOf } from './image.ts';
import type { Arns } from './permissions/arns.ts';
import { serviceFor } from './permissions/statement.ts';
import { executionStatements, workerStatements } from './permissions/task.ts';
import type { JobQueue } from './queue.ts';
import { MOUNT_FOLDER, STOP_TIMEOUT_SECONDS, type WorkerOnMachine } from './worker-on-machine.ts';

/** Where the container sees the worker; on the machine the folder has the digest in its name. */
const FOLDER = '/opt/distributed-fiji';

/** The ancestor's path, which job files have in their parameters. */
const MOUNT_PATH = '/home/ubuntu/bucket';

export interface WorkerTaskProps {
  readonly config: Config;
  readonly derived: Derived;
  readonly arns: Arns;
  readonly jobs: JobQueue;
  readonly logGroup: ILogGroup;
  readonly worker: WorkerOnMachine;
}

export class WorkerTask extends Construct {
  /** With its revision. */
  readonly definitionArn: string;
  /** What whoever starts the task has to be allowed to pass on. */
  readonly roleArns: readonly string[];

  constructor(scope: Construct, id: string, props: WorkerTaskProps) {
    super(scope, id);
    const { config, derived, arns, jobs, logGroup, worker } = props;
    const tasks = serviceFor(Stack.of(this), 'ecs-tasks');
    const execution = new Role(this, 'ExecutionRole', { assumedBy: tasks });
    const role = new Role(this, 'WorkerRole', { assumedBy: tasks });
    new Policy(this, 'ExecutionPolicy', {
      roles: [execution],
      statements: executionStatements(arns, logGroup.logGroupArn),
    });
    new Policy(this, 'WorkerPolicy', {
      roles: [role],
      statements: workerStatements(arns, {
        queue: jobs.queue.queueArn,
        deadLetters: jobs.deadLetters.queueArn,
        setsAcl: config.UPLOAD_FLAGS.includes('--acl'),
      }),
    });

    const definition = new CfnTaskDefinition(this, 'Definition', {
      family: derived.taskFamily,
      requiresCompatibilities: ['EC2'],
      networkMode: 'bridge',
      executionRoleArn: execution.roleArn,
      taskRoleArn: role.roleArn,
      placementConstraints: [
        // Only on machines of this run (a cluster may be shared) that carry this very worker.
        { type: 'memberOf', expression: `attribute:${MACHINE_ATTRIBUTES.app} == ${config.APP_NAME}` },
        { type: 'memberOf', expression: `attribute:${MACHINE_ATTRIBUTES.worker} == ${worker.digest}` },
      ],
      volumes: [
        { name: 'worker', host: { sourcePath: worker.folder } },
        ...(config.DOWNLOAD_FILES ? [] : [{ name: 'bucket', host: { sourcePath: MOUNT_FOLDER } }]),
      ],
      containerDefinitions: [
        {
          name: WORKER_CONTAINER,
          image: config.DOCKERHUB_TAG,
          ...(loginOf(config) === 'secret' && {
            repositoryCredentials: { credentialsParameter: arns.secret as string },
          }),
          essential: true,
          // Through our own loader: the image may have an old C library, or none.
          entryPoint: [
            `${FOLDER}/lib/${worker.loader}`,
            '--library-path',
            `${FOLDER}/lib`,
            `${FOLDER}/node`,
            `${FOLDER}/${WORKER_ENTRY}`,
          ],
          command: [], // the image's own would become arguments of the worker
          cpu: config.CPU_SHARES,
          memory: config.MEMORY,
          ...(derived.gpusPerTask > 0 && {
            resourceRequirements: [{ type: 'GPU', value: String(derived.gpusPerTask) }],
          }),
          // Signals reach the worker and its Fiji, and nobody is left behind dead.
          linuxParameters: { initProcessEnabled: true },
          stopTimeout: STOP_TIMEOUT_SECONDS,
          ulimits: [{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }],
          environment: Object.entries(environment(props)).map(([name, value]) => ({ name, value })),
          mountPoints: [
            { sourceVolume: 'worker', containerPath: FOLDER, readOnly: true },
            ...(config.DOWNLOAD_FILES
              ? []
              : [{ sourceVolume: 'bucket', containerPath: MOUNT_PATH, readOnly: true }]),
          ],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': logGroup.logGroupName,
              'awslogs-region': Stack.of(this).region,
              'awslogs-stream-prefix': 'worker',
              // Jobs' own logs go to the bucket: a slow CloudWatch may cost lines here, never a job's time.
              mode: 'non-blocking',
              'max-buffer-size': '25m',
            },
          },
        },
      ],
    });
    this.definitionArn = definition.ref;
    this.roleArns = [execution.roleArn, role.roleArn];
  }
}

function environment({ config, jobs, worker }: WorkerTaskProps): Record<string, string> {
  return toEnvironment({
    APP_NAME: config.APP_NAME,
    AWS_REGION: config.AWS_REGION,
    SQS_QUEUE_URL: jobs.queue.queueUrl,
    DEAD_LETTER_QUEUE_URL: jobs.deadLetters.queueUrl,
    SOURCE: `s3://${config.SOURCE_BUCKET}`,
    DESTINATION: `s3://${config.DESTINATION_BUCKET}`,
    INPUT_MODE: config.DOWNLOAD_FILES ? 'download' : 'mount',
    MOUNT_PATH,
    SCRIPT_DOWNLOAD_URL: config.SCRIPT_DOWNLOAD_URL,
    DOCKERHUB_TAG: config.DOCKERHUB_TAG,
    EXPECTED_NUMBER_FILES: config.EXPECTED_NUMBER_FILES,
    MIN_FILE_SIZE_BYTES: config.MIN_FILE_SIZE_BYTES,
    NECESSARY_STRING: config.NECESSARY_STRING,
    UPLOAD_FLAGS: config.UPLOAD_FLAGS,
    JOB_RETRIES: config.JOB_RETRIES,
    RETRY_DELAY_SECONDS: config.RETRY_DELAY_SECONDS,
    SQS_MESSAGE_VISIBILITY: config.SQS_MESSAGE_VISIBILITY,
    JOB_TIMEOUT_MINUTES: config.JOB_TIMEOUT_MINUTES,
    JOBS_PER_FIJI: config.JOBS_PER_FIJI,
    VIRTUAL_DISPLAY: String(config.VIRTUAL_DISPLAY),
    MEMORY: config.MEMORY,
    CORES: config.DOCKER_CORES,
    DISK_BYTES: worker.containerDiskBytes,
    // In the container's own layer: what overlay2 limits. A mounted folder would not be.
    SCRATCH: '/tmp/distributed-fiji',
    IDLE_SECONDS: config.WORKER_IDLE_SECONDS,
    // On average SECONDS_TO_START between two starts on one machine.
    START_WITHIN_SECONDS: config.SECONDS_TO_START * (config.TASKS_PER_MACHINE - 1),
    MACHINE_FACTS: `${FOLDER}/machine.json`,
    METRICS: 'true',
  });
}
