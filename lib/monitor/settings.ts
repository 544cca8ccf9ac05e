/**
 * What the monitor is told, by environment variables: read once when its Lambda, or `npm run monitor`, starts. This
 * schema is the only place that knows their names. Whoever deploys writes toEnvironment() as the Lambda's environment
 * and, as one line of JSON, with what else the next deploy must know, as the stack output SETTINGS_OUTPUT, where
 * `npm run monitor` finds it.
 */
import { z } from 'zod';
import { DistributedFijiError } from '../errors.ts';

const whole = z.coerce.number().int();
const positive = whole.positive();

/** Stack output that holds these settings as JSON. */
export const SETTINGS_OUTPUT = 'MonitorSettings';

/**
 * ECS attributes that every machine must carry (ECS_INSTANCE_ATTRIBUTES): whose it is, since a cluster may be shared,
 * and which worker it has, since a machine keeps the worker it was started with. Tasks go only where both match.
 */
export const MACHINE_ATTRIBUTES = { app: 'distributed-fiji.app', worker: 'distributed-fiji.worker' } as const;

/** Name of the container in the task definition: what is told to a worker on its start is told to this one. */
export const WORKER_CONTAINER = 'worker';

export const monitorSettings = z.object({
  APP_NAME: z.string().min(1),
  AWS_REGION: z.string().min(1),
  SQS_QUEUE_URL: z.string().min(1),
  DEAD_LETTER_QUEUE_URL: z.string().min(1),
  /** Name or ARN. */
  ECS_CLUSTER: z.string().min(1),
  /** Whether others use the cluster too: then their tasks are told from ours, for some calls more. */
  CLUSTER_IS_SHARED: z.union([z.boolean(), z.stringbool()]).default(false),
  AUTO_SCALING_GROUP: z.string().min(1),
  /** ARN with its revision: a new one is a new deployment, and lifts a pause. */
  TASK_DEFINITION: z.string().min(1),
  /** Digest of the worker bundle: the value of MACHINE_ATTRIBUTES.worker on machines that this deployment started. */
  WORKER_DIGEST: z.string().min(1),
  CLUSTER_MACHINES: positive,
  TASKS_PER_MACHINE: positive,
  /** Of CLUSTER_MACHINES: they have no Spot price, and are counted in hours only. */
  ON_DEMAND_MACHINES: whole.nonnegative().default(0),
  /** MiB a container asks for, for messages about what does not fit. */
  MEMORY: positive,
  /** `s3://bucket`: where workers write their records, whose names say how many jobs ended, and how. */
  DESTINATION: z.templateLiteral(['s3://', z.string().min(1)]),
  /** `s3://bucket/key`: the object that the monitor remembers by. */
  MONITOR_MEMORY: z.templateLiteral(['s3://', z.string().min(1), '/', z.string().min(1)]),
  /** SNS topic for mails; without one they are only logged. */
  TOPIC_ARN: z.string().min(1).optional(),
  /** CloudWatch dashboard to put when a run begins and to remove when it has ended; absent: none, or it stays. */
  DASHBOARD_NAME: z.string().min(1).optional(),
  /** Seconds that the queue stays empty before a worker leaves. Of a deployment that did not say: as long as may be. */
  WORKER_IDLE_SECONDS: whole.nonnegative().default(3600),
  /** Minutes in which a new machine has to join the cluster. */
  MACHINE_START_MINUTES: z.coerce.number().positive().default(15),
  /** Attempts that may fail, with no success among them, before nothing more is started. 0: never stop. */
  FAILURES_BEFORE_PAUSE: whole.nonnegative().default(50),
  /** Minutes without any job ending, while some wait, until somebody is told. */
  STALLED_AFTER_MINUTES: z.coerce.number().positive().default(180),
  /** Days that the queues keep a message. */
  RETENTION_DAYS: positive.max(14).default(14),
});
export type MonitorSettings = z.infer<typeof monitorSettings>;

/** What the stack output SETTINGS_OUTPUT holds. */
export const deployedSettings = monitorSettings.extend({
  /** `s3://bucket`: where workers read images. */
  SOURCE: z.templateLiteral(['s3://', z.string().min(1)]),
  /** Id of the network that the machines stand in, the run's own or the user's. */
  NETWORK: z.string().min(1),
});
export type DeployedSettings = z.infer<typeof deployedSettings>;

/** The environment variables that give a monitor these settings; absent options stay absent. */
export function toEnvironment(settings: z.input<typeof monitorSettings>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

/** The monitor's environment is incomplete or wrong. */
export class MonitorSettingsError extends DistributedFijiError {
  constructor(problems: readonly string[]) {
    super(
      `The monitor's settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      {
        code: 'MONITOR_FAILED',
        fault: 'environment',
        fix: 'Deploy again (npm run deploy): it writes these settings.',
      },
    );
  }
}

/** @throws MonitorSettingsError naming every missing and every wrong variable at once. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): MonitorSettings {
  const given = Object.fromEntries(
    Object.keys(monitorSettings.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = monitorSettings.safeParse(given);
  if (parsed.success) return parsed.data;

  throw new MonitorSettingsError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return name in given ? `${name} is "${given[name] ?? ''}": ${issue.message}` : `${name} is missing`;
    }),
  );
}

/** What ECS lists our tasks by. At most 128 letters, digits, hyphens, underscores, slashes and periods. */
export function startedBy({ APP_NAME }: Pick<MonitorSettings, 'APP_NAME'>): string {
  return `distributed-fiji/${APP_NAME}`;
}

/**
 * The deployment in force. Its task definition changes with all that a worker is or is told: its bundle, image, script,
 * memory, and each option that it reads.
 */
export function deploymentOf({ TASK_DEFINITION }: Pick<MonitorSettings, 'TASK_DEFINITION'>): string {
  return TASK_DEFINITION;
}

/** The bucket and key of an `s3://bucket/key`. */
export function bucketAndKey(address: string): { readonly bucket: string; readonly key: string } {
  const [bucket = '', ...key] = address.replace(/^s3:\/\//, '').split('/');
  return { bucket, key: key.join('/') };
}
