/** An old option and its value -> what stands in config.ts, and what to tell the user about it. */
import { type Config, fillIn } from '../derive.ts';
import { literal } from '../literal.ts';
import { problemsOf } from '../problems.ts';
import { retiredOptions } from '../retired.ts';
import { type OptionName, optionNames, schema } from '../schema.ts';
import { type AppName, changedName } from './app-name.ts';
import type { Value } from './evaluate.ts';

export type Change = 'renamed' | 'changed' | 'ignored' | 'not used' | 'not read' | 'note';

export interface Note {
  /** In the Python file. */
  readonly line: number;
  readonly change: Change;
  readonly text: string;
}

export interface Conversion {
  readonly options: Readonly<Partial<Record<OptionName, unknown>>>;
  readonly notes: readonly Omit<Note, 'line'>[];
}

/** Values of the ancestor's own config that stand for the user's: they name nothing, or somebody else's. */
const placeholders: Readonly<Partial<Record<OptionName, readonly string[]>>> = {
  SSH_KEY_NAME: ['your-key-file.pem'],
  AWS_BUCKET: ['your-bucket-name', 'bucket-name'],
  SOURCE_BUCKET: ['your-bucket-name', 'bucket-name'],
  DESTINATION_BUCKET: ['your-bucket-name', 'bucket-name'],
  SCRIPT_DOWNLOAD_URL: ['https://some/url/with/a/script.y'],
  SQS_DEAD_LETTER_QUEUE: ['user_DeadMessages', 'arn:aws:sqs:some-region:111111100000:DeadMessages'],
};

/** Options whose defaults are names made of APP_NAME: written only where they differ. */
const following: readonly OptionName[] = ['SQS_QUEUE_NAME', 'SQS_DEAD_LETTER_QUEUE', 'LOG_GROUP_NAME'];

/** @param appName as far as it is known: names that follow from it are left to follow. */
export function convert(written: string, value: Value, appName: AppName | undefined): Conversion {
  const name = optionFor(written);
  if (name === undefined) {
    const why = retiredOptions[written] ?? 'no option of that name';
    return { options: {}, notes: [{ change: 'ignored', text: `${written}: ${why}.` }] };
  }
  const renamed: Conversion['notes'] =
    name === written ? [] : [{ change: 'renamed', text: `${written} is called ${name}.` }];
  const { options, notes } = convertOption(name, value, appName);
  return { options, notes: [...renamed, ...notes] };
}

/** Names of the ancestor's fleet file that live on as options. */
const renames: Readonly<Record<string, OptionName>> = { KeyName: 'SSH_KEY_NAME' };

function optionFor(written: string): OptionName | undefined {
  return renames[written] ?? optionNames.find((option) => option === written.toUpperCase());
}

function convertOption(name: OptionName, value: Value, appName: AppName | undefined): Conversion {
  const drop = (change: Change, text: string): Conversion => ({
    options: {},
    notes: [{ change, text: `${name}: ${text}` }],
  });
  if (value === null || value === '') return { options: {}, notes: [] };
  if (typeof value === 'string' && placeholders[name]?.includes(value) === true) {
    return drop('ignored', `${literal(value)} stands for a name of yours, and is left out.`);
  }
  if (name === 'APP_NAME' && value === appName?.written && value !== appName.usable)
    return {
      options: { APP_NAME: appName.usable },
      notes: [{ change: 'changed', text: changedName(appName) }],
    };
  const parsed = schema.safeParse({ [name]: value });
  if (!parsed.success) {
    const [problem] = problemsOf(parsed.error.issues, { [name]: value });
    return drop(
      'not used',
      `${problem?.message.replace(`${name} is `, '') ?? ''} Fix: ${problem?.fix ?? ''}`,
    );
  }
  const usable = parsed.data[name];
  if (appName !== undefined && following.includes(name) && usable === followed(name, appName.written)) {
    const now = followed(name, appName.usable);
    return now === usable
      ? drop('note', `left out, because ${literal(usable)} follows from APP_NAME.`)
      : drop(
          'changed',
          `${literal(usable)} became ${literal(now)}: it is left out, and follows from APP_NAME.`,
        );
  }
  if (name === 'SQS_MESSAGE_VISIBILITY') return visibility(usable as number);
  const said = remarks[name]?.(usable);
  return {
    options: { [name]: usable },
    notes: said === undefined ? [] : [{ change: 'note', text: `${name}: ${said}` }],
  };
}

function followed(name: OptionName, appName: string): unknown {
  const config: Config = fillIn(schema.parse({}));
  return fillIn({ ...schema.parse({}), APP_NAME: appName })[name] ?? config[name];
}

/** Longest lease that is kept: it is only how long a job waits after its machine vanished. */
const LEASE_SECONDS = 600;
/** Old visibilities had to outlast the longest job, so they say how long that may be. */
const LONGEST_MINUTES = 690;

function visibility(seconds: number): Conversion {
  if (seconds <= LEASE_SECONDS) return { options: { SQS_MESSAGE_VISIBILITY: seconds }, notes: [] };
  const minutes = Math.min(LONGEST_MINUTES, Math.ceil(seconds / 60));
  const usual = schema.parse({}).JOB_TIMEOUT_MINUTES;
  const text = `SQS_MESSAGE_VISIBILITY: ${String(seconds)} s became ${String(LEASE_SECONDS)} s (10 minutes). A running job renews it, so it need not outlast the job any more.`;
  if (minutes <= usual)
    return { options: { SQS_MESSAGE_VISIBILITY: LEASE_SECONDS }, notes: [{ change: 'changed', text }] };
  return {
    options: { SQS_MESSAGE_VISIBILITY: LEASE_SECONDS, JOB_TIMEOUT_MINUTES: minutes },
    notes: [
      { change: 'changed', text },
      {
        change: 'note',
        text: `JOB_TIMEOUT_MINUTES: ${String(minutes)} was added, because the old visibility allowed jobs that long.`,
      },
    ],
  };
}

/** What means something a little different here. */
const remarks: Readonly<Partial<Record<OptionName, (value: unknown) => string | undefined>>> = {
  DOCKERHUB_TAG: (image) =>
    typeof image === 'string' && /cellprofiler(?!\/distributed-fiji)/.test(image)
      ? `${literal(image)} looks like an image without Fiji; name one that has it.`
      : undefined,
  DOCKER_CORES: () =>
    'each container does one job at a time, and its Fiji counts on this many cores; for more jobs at a time raise TASKS_PER_MACHINE.',
  ECS_CLUSTER: (cluster) =>
    cluster === 'default'
      ? undefined
      : 'this cluster is made with the run; if you have it already, add USE_EXISTING_CLUSTER: true.',
  SQS_DEAD_LETTER_QUEUE: (queue) =>
    typeof queue === 'string' && queue.startsWith('arn:')
      ? undefined
      : 'this queue is made with the run; if you have it already, add USE_EXISTING_DEAD_LETTER_QUEUE: true.',
  SSH_KEY_NAME: () => 'the port is open only to the addresses that you give in SSH_CIDR.',
};
