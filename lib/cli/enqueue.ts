/** `enqueue`: the jobs of a job file into the queue that `deploy` made. */
import { basename } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { s3Client, sqsClient } from '../aws/clients.ts';
import { requireFilledIn, type Config } from '../config/index.ts';
import { openJobFile, type JobFile, type JobMessage } from '../jobs/index.ts';
import { plural } from '../plural.ts';
import { queueUrl } from '../queue/queue-url.ts';
import type { DoneJobs } from '../records/done.ts';
import { openStore } from '../store/open-store.ts';
import { checkAgainst, refuseParameters } from './check-against.ts';
import { refuseInputs } from './check-inputs.ts';
import { pathsInAws } from './check-paths.ts';
import { quoted } from './command-line.ts';
import { describeDryRun } from './dry-run.ts';
import { inputBuckets } from './input-buckets.ts';
import { countMissing, jobsLeft } from './jobs-left.ts';
import { doneJobs, lookForDone, lookForInputs, lookForScript, type Looked } from './look-in-buckets.ts';
import { jobsBefore } from './resume-place.ts';
import { sendJobs } from './send-jobs.ts';
import { tellNotes } from './tell-notes.ts';
import { tellWarnings } from './tell-warnings.ts';
import { loadUserConfig } from './user-config.ts';
import { userPath } from './user-path.ts';
import { readUserScript } from './user-script.ts';

interface Flags {
  readonly dryRun: boolean;
  readonly from?: string;
  readonly check: boolean;
}

export function register(command: Command, program: Command): void {
  command
    .argument('<job file>', 'JSON; docs/job-file.md says what may stand in it')
    .option('-n, --dry-run', 'show what would be sent, and send nothing', false)
    .option('--from <job>', 'go on from here, as an earlier command that was stopped has told you')
    // Commander gives a lone --no-... its default only when the option is known before parsing begins (program.ts).
    .option(
      '--no-check',
      'send jobs even if their parameters do not fit the script, or all their inputs are missing',
      true,
    )
    .action((path: string, flags: Flags) => enqueue(path, flags, program));
}

async function enqueue(path: string, flags: Flags, program: Command): Promise<void> {
  const config = await loadUserConfig(program);
  if (!flags.dryRun) requireFilledIn(config);
  tellWarnings(config);
  const s3 = s3Client({ region: config.AWS_REGION, profile: config.AWS_PROFILE });
  const source = openStore(`s3://${config.SOURCE_BUCKET}`, { s3 });
  const jobFile = await openJobFile(userPath(path), { source });
  try {
    // Before anything is refused: a note may say why. A dry run has them in its text.
    if (!flags.dryRun) tellNotes(jobFile.notes);
    const from = flags.from === undefined ? 0 : jobsBefore(flags.from, jobFile);
    const found = flags.dryRun
      ? await lookForScript(config)
      : { answer: await readUserScript(undefined, config) };
    const script = found.answer;
    const checked = script && {
      script: basename(script.source),
      ...(await checkAgainst(script, jobFile, pathsInAws)),
    };
    if (!flags.dryRun && flags.check) refuseParameters(checked, flags);
    const done = await whichAreDone(jobFile, config, s3, script?.sha256, flags);
    const place = inputBuckets(config.SOURCE_BUCKET, s3);
    // Images of jobs that are done may be archived by now.
    const inputs = await lookForInputs(jobsLeft(jobFile, from, done.answer), config, place);
    if (flags.dryRun) {
      process.stdout.write(
        await describeDryRun({
          jobFile,
          verb: 'sent',
          checked: found.why === undefined ? checked : 'unknown',
          inputs: inputs.answer,
          done: done.answer && jobFile.count - (await countMissing(jobFile, 0, done.answer)),
          unknown: whatIsUnknown([found, inputs, done]),
        }),
      );
      if (flags.check) refuseParameters(checked, flags);
    }
    if (flags.check) refuseInputs(inputs.answer, place, flags);
    if (flags.dryRun) return;
    tellNotes([
      ...(checked?.problems ?? []),
      ...(checked?.notes ?? []),
      ...(inputs.answer?.problems ?? []),
      ...(inputs.why === undefined ? [] : [inputs.why]),
    ]);
    const command = commandFor(path, program.opts<{ config: string }>().config, flags);
    await send(jobFile, { config, from, done: done.answer, command });
  } finally {
    jobFile.close();
  }
}

/** Each sentence, then what ends the trouble: most often the same for all. */
function whatIsUnknown(looked: readonly Looked<unknown>[]): string[] {
  const fixes = new Set(looked.flatMap(({ fix }) => (fix === undefined ? [] : [`Fix: ${fix}`])));
  return [...looked.flatMap(({ why }) => why ?? []), ...fixes];
}

/** Without a script, which only a dry run may lack, none is; a dry run goes on without the answer. */
async function whichAreDone(
  jobFile: JobFile,
  config: Config,
  s3: S3Client,
  scriptSha256: string | undefined,
  { dryRun }: Flags,
): Promise<Looked<DoneJobs | undefined>> {
  if (scriptSha256 === undefined) return { answer: undefined };
  return dryRun
    ? lookForDone(jobFile, config, s3, scriptSha256)
    : { answer: await doneJobs(jobFile, config, s3, scriptSha256) };
}

interface Send {
  readonly config: Config;
  readonly from: number;
  readonly done: DoneJobs | undefined;
  readonly command: string;
}

async function send(jobFile: JobFile, { config, from, done, command }: Send): Promise<void> {
  const isDone = (job: JobMessage) => done?.has(job) ?? false;
  const total = await countMissing(jobFile, from, done);
  const left = jobFile.count - from - total;
  if (left > 0) process.stdout.write(`${plural(left, 'job')} succeeded before and need not be done again.\n`);
  if (total === 0) {
    process.stdout.write('There is nothing to send.\n');
    return;
  }
  const options = { region: config.AWS_REGION, profile: config.AWS_PROFILE };
  const client = sqsClient(options);
  try {
    const url = await queueUrl(client, config.SQS_QUEUE_NAME);
    const { sent } = await sendJobs({ client, queueUrl: url, jobFile, from, isDone, total, command });
    process.stdout.write(`${plural(sent, 'job')} sent to the queue ${config.SQS_QUEUE_NAME}.\n`);
    const { wakeMonitor } = await import('./wake-monitor.ts'); // its client is of no use to any other command
    const note = await wakeMonitor(config, sent, options);
    if (note !== undefined) tellNotes([note]);
  } finally {
    client.destroy();
  }
}

/** The same command again, as the shell wants it. */
function commandFor(path: string, config: string, { check }: Flags): string {
  const words = ['npm', 'run', 'enqueue', '--', quoted(path)];
  if (config !== 'config.ts') words.push('--config', quoted(config));
  if (!check) words.push('--no-check');
  return words.join(' ');
}
