/** `deploy`: looks first, says what will exist and what it costs, and then has the CDK make it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { derive, requireFilledIn, type Config, type Derived } from '../config/index.ts';
import { connect, type Aws } from '../deployment/aws.ts';
import { CdkStoppedError } from '../deployment/cdk.ts';
import { checkDeployment, type Checked } from '../deployment/check.ts';
import { DeployFailedError, whyCdkFailed, whyItFailed } from '../deployment/failure.ts';
import { RefusedError } from '../deployment/finding.ts';
import { whatItCosts, whatWillExist } from '../deployment/plan.ts';
import { untilFree } from '../deployment/queue-names.ts';
import { runCdk } from './cdk-line.ts';
import { commandLine } from './command-line.ts';
import { tellWarnings } from './tell-warnings.ts';
import { loadUserConfig, userConfigPath } from './user-config.ts';

interface Flags {
  readonly force: boolean;
}

export function register(command: Command, program: Command): void {
  command
    .option('-f, --force', 'go on in spite of what could lose work or money', false)
    .action(async (flags: Flags) => {
      const config = await loadUserConfig(program);
      requireFilledIn(config);
      const derived = derive(config);
      const aws = connect({ region: config.AWS_REGION, profile: config.AWS_PROFILE });

      say('Looking at your account, buckets and image ...');
      const checked = await checkDeployment({ config, derived, aws });
      refuseOrTell(checked, config, flags.force);
      tellPlan(config, derived, checked);
      await run({ aws, config, derived, path: userConfigPath(program), checked });
      tellEnd(config, program, isFirst(checked.stack));
    });
}

function refuseOrTell({ findings }: Checked, config: Config, force: boolean): void {
  const stop = findings.filter(({ kind }) => kind === 'problem' || (kind === 'risk' && !force));
  if (stop.length > 0) {
    throw new RefusedError('Nothing was deployed', stop);
  }
  for (const { message } of findings) process.stderr.write(`Note: ${message}\n`);
  tellWarnings(config);
}

function tellPlan(config: Config, derived: Derived, { account, stack }: Checked): void {
  const where = `${config.AWS_REGION}${account === undefined ? '' : ` of the account ${account}`}`;
  const verb = isFirst(stack) ? 'will make' : 'will update';
  say(`\nThis ${verb} ${config.APP_NAME} in ${where}:`);
  list(whatWillExist(config, derived));
  say('What it costs (prices of us-east-1):');
  list(whatItCosts(config));
  say('');
}

/** What is half made is removed, and made anew. */
function isFirst(stack: Checked['stack']): boolean {
  return stack?.found === undefined || stack.found.made === undefined;
}

interface Run {
  readonly aws: Aws;
  readonly config: Config;
  readonly derived: Derived;
  readonly path: string;
  readonly checked: Checked;
}

/** Some failures pass by themselves: those are tried once more. */
async function run({ aws, config, derived, path, checked }: Run): Promise<void> {
  const words = ['deploy', derived.stackName, '--require-approval', 'never'];
  const command = { words, config: path, profile: config.AWS_PROFILE };
  if (checked.stack !== undefined) await waitForQueueNames(aws, config, derived, checked.stack.found?.id);

  for (let attempt = 1; ; attempt += 1) {
    const since = new Date();
    const { end, said } = await runCdk({ command, doing: 'making' });
    if (end === 'done') return;
    if (end === 'stopped') throw new CdkStoppedError('deploy');
    const failure = await whyItFailed(aws.cloudFormation, derived.stackName, since).catch(() => undefined);
    if (failure?.again === undefined || attempt === 2) {
      throw new DeployFailedError('deploy', failure ?? whyCdkFailed(said));
    }
    say(`\n${failure.message}\nTrying once more in ${String(failure.again)} seconds.`);
    await sleep(failure.again * 1000);
    await waitForQueueNames(aws, config, derived, derived.stackName);
  }
}

async function waitForQueueNames(
  { cloudFormation }: Aws,
  config: Config,
  derived: Derived,
  id: string | undefined,
): Promise<void> {
  const names = [config.SQS_QUEUE_NAME, derived.deadLetterQueueName];
  const stack = { name: derived.stackName, id };
  // Without the permission to look, AWS refuses the queue, and that is waited for then.
  const pause = await untilFree(cloudFormation, stack, { names, now: Date.now() }).catch(() => 0);
  if (pause === 0) return;
  say(
    `A queue of the name ${config.SQS_QUEUE_NAME} was removed a moment ago, and AWS gives the name out again after 60 seconds: waiting ${String(Math.ceil(pause / 1000))} s.`,
  );
  await sleep(pause);
}

function tellEnd(config: Config, program: Command, first: boolean): void {
  say(`\nDeployed: ${config.APP_NAME} is ready.`);
  if (first && config.NOTIFY_EMAIL !== undefined) {
    say(
      `Amazon asks ${config.NOTIFY_EMAIL}, once, to confirm that mail is wanted: without that there is none.`,
    );
  }
  say(
    `Next: ${commandLine('enqueue', ['job.json'], program)}  (with --dry-run first to see what would be sent)`,
  );
  if (!config.AUTO_MONITOR)
    say(`Then keep open what starts the machines: ${commandLine('monitor', [], program)}`);
  say(`To remove it all: ${commandLine('destroy', [], program)}`);
}

function list(lines: readonly string[]): void {
  for (const line of lines) say(`  - ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
