/** `enqueue`: the jobs of a job file into the queue that `deploy` made. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { s3Client, sqsClient } from '../aws/clients.ts';
import { requireFilledIn, type Config } from '../config/index.ts';
import { openJobFile, type JobFile, type JobMessage } from '../jobs/index.ts';
import { queueUrl } from '../queue/queue-url.ts';
import { alreadyDone, type DoneJobs } from '../records/done.ts';
import { openStore } from '../store/open-store.ts';
import { checkAgainst, ParametersError } from './check-against.ts';
import { quoted } from './command-line.ts';
import { describeDryRun, plural } from './dry-run.ts';
import { jobsBefore } from './resume-place.ts';
import { sendJobs } from './send-jobs.ts';
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
    .option('--no-check', 'send jobs even if their parameters do not fit the script', true)
    .action(async (path: string, flags: Flags) => {
      const config = await loadUserConfig(program);
      if (!flags.dryRun) requireFilledIn(config);
      const clients = { region: config.AWS_REGION, profile: config.AWS_PROFILE };
      const s3 = s3Client(clients);
      const jobFile = await openJobFile(userPath(path), {
        source: openStore(`s3://${config.SOURCE_BUCKET}`, { s3 }),
      });
      try {
        const from = flags.from === undefined ? 0 : jobsBefore(flags.from, jobFile);
        if (flags.dryRun && config.SCRIPT_DOWNLOAD_URL === '') {
          process.stdout.write(await describeDryRun({ jobFile, verb: 'sent' }));
          return;
        }
        const script = await readUserScript(undefined, config);
        const check = await checkAgainst(script, jobFile);
        const name = basename(script.source);
        if (flags.dryRun) {
          process.stdout.write(
            await describeDryRun({ jobFile, verb: 'sent', checked: { script: name, ...check } }),
          );
        }
        if (flags.check && check.problems.length > 0) throw new ParametersError(name, check.problems);
        if (flags.dryRun) return;
        tell([...jobFile.notes, ...check.problems, ...check.notes]);

        const destination = openStore(`s3://${config.DESTINATION_BUCKET}`, { s3 });
        const names = {
          store: destination,
          appName: config.APP_NAME,
          run: jobFile.run,
          scriptSha256: script.sha256,
        };
        const done = config.CHECK_IF_DONE_BOOL ? await alreadyDone(names) : undefined;
        await send(jobFile, {
          config,
          from,
          done,
          command: commandFor(path, program.opts<{ config: string }>().config, flags),
        });
      } finally {
        jobFile.close();
      }
    });
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
    if (note !== undefined) tell([note]);
  } finally {
    client.destroy();
  }
}

async function countMissing(jobFile: JobFile, from: number, done: DoneJobs | undefined): Promise<number> {
  if (done === undefined || done.size === 0) return jobFile.count - from;
  let missing = 0;
  for await (const job of jobFile.messages({ from })) missing += done.has(job) ? 0 : 1;
  return missing;
}

function tell(notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
}

/** The same command again, as the shell wants it. */
function commandFor(path: string, config: string, { check }: Flags): string {
  const words = ['npm', 'run', 'enqueue', '--', quoted(path)];
  if (config !== 'config.ts') words.push('--config', quoted(config));
  if (!check) words.push('--no-check');
  return words.join(' ');
}
