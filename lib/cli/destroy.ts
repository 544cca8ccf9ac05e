/** `destroy`: says what would be lost, asks once, has the CDK remove the run, and says what is gone and what stays. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { derive, type Config } from '../config/index.ts';
import { connect, type Aws } from '../deployment/aws.ts';
import { CdkStoppedError } from '../deployment/cdk.ts';
import { DeployFailedError, whyCdkFailed, whyItFailed } from '../deployment/failure.ts';
import { RefusedError } from '../deployment/finding.ts';
import { lookAtRun, whatWouldBeLost, type SeenRun } from '../deployment/left.ts';
import { whatIsKept, whatWasRemoved } from '../deployment/removal.ts';
import { seeStack, type DeployedStack } from '../deployment/stack.ts';
import { DistributedFijiError } from '../errors.ts';
import { runCdk } from './cdk-line.ts';
import { commandLine } from './command-line.ts';
import { loadUserConfig, userConfigPath } from './user-config.ts';

interface Flags {
  readonly force: boolean;
}

export class NotRemovedError extends DistributedFijiError {
  constructor(why: string, fix?: string) {
    super(`Nothing was removed: ${why}.`, { code: 'STOPPED', ...(fix !== undefined && { fix }) });
  }
}

export function register(command: Command, program: Command): void {
  command.option('-f, --force', 'do not ask when there are jobs left', false).action(async (flags: Flags) => {
    const config = await loadUserConfig(program);
    const derived = derive(config);
    const aws = connect({ region: config.AWS_REGION, profile: config.AWS_PROFILE });

    const seen = await lookAtRun({ config, derived, aws });
    const problems = seen.findings.filter(({ kind }) => kind === 'problem');
    if (problems.length > 0) throw new RefusedError('Nothing was removed', problems);
    for (const { message } of seen.findings) process.stderr.write(`Note: ${message}\n`);
    const where = `${config.AWS_REGION}${seen.account === undefined ? '' : ` of the account ${seen.account}`}`;
    if (seen.stack === undefined) {
      say(`There is no run ${config.APP_NAME} in ${where}: nothing to remove.`);
      say('If it is elsewhere: look at APP_NAME, AWS_REGION and AWS_PROFILE in config.ts.');
      return;
    }
    say(`This removes ${config.APP_NAME} from ${where}.`);
    await ask(seen, flags.force, commandLine('destroy', ['--force'], program));
    await remove(aws, config, userConfigPath(program), { ...seen, stack: seen.stack });
  });
}

/** Once, and only when something would be lost. */
async function ask({ left, borrowed }: SeenRun, force: boolean, forced: string): Promise<void> {
  const lost = whatWouldBeLost(left, borrowed);
  if (lost.length === 0) return;
  say('With it these are lost:');
  for (const line of lost) say(`  - ${line}`);
  if (force) return;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new NotRemovedError(
      'jobs would be lost, and nobody is at a terminal to be asked',
      `Look at them first, or: ${forced}`,
    );
  }
  if (!(await yes('Remove it all the same? [y/N] '))) throw new NotRemovedError('you said no');
}

/** Ctrl-C and Ctrl-D are a no. */
async function yes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => {
    lines.once('close', () => {
      resolve('');
    });
  });
  try {
    const answer = await Promise.race([lines.question(question).catch(() => ''), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

async function remove(
  aws: Aws,
  config: Config,
  path: string,
  { stack, resources = [], borrowed, left }: SeenRun & { readonly stack: DeployedStack },
): Promise<void> {
  if (left.machines > 0) say('Machines take one to three minutes to end; it is waited for them.');
  const since = new Date();
  const words = ['destroy', stack.name, '--force'];
  const command = { words, config: path, profile: config.AWS_PROFILE };
  const { end, said } = await runCdk({ command, doing: 'removing' });
  if (end === 'stopped') throw new CdkStoppedError('destroy');
  const after = await seeStack(aws.cloudFormation, stack.id).catch(() => undefined);
  if (end === 'failed' || (after !== undefined && after.status !== 'DELETE_COMPLETE')) {
    const failure = await whyItFailed(aws.cloudFormation, stack.id, since).catch(() => undefined);
    throw new DeployFailedError('destroy', failure ?? whyCdkFailed(said));
  }
  say(`\nRemoved: ${config.APP_NAME}, and with it`);
  for (const line of whatWasRemoved(resources, left.machines)) say(`  - ${line}`);
  say('Kept:');
  for (const line of whatIsKept(config, borrowed, left.deadLetters)) say(`  - ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
