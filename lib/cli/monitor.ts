/** `monitor`: the monitor of a deployed run in this terminal, for those who set AUTO_MONITOR to false. */
import type { Command } from 'commander';
import { derive } from '../config/index.ts';
import { tellWarnings } from './tell-warnings.ts';
import { loadUserConfig } from './user-config.ts';

interface Flags {
  readonly forever: boolean;
}

export function register(command: Command, program: Command): void {
  command
    .option('--forever', 'go on when the run has ended, for the next one', false)
    .action(async (flags: Flags) => {
      const config = await loadUserConfig(program);
      tellWarnings(config);
      // A quarter of a second of clients that no other command needs.
      const [{ cloudFormationClient }, { connect }, { deployedSettings }, { watch }] = await Promise.all([
        import('../aws/control-clients.ts'),
        import('../monitor/aws.ts'),
        import('../monitor/deployed.ts'),
        import('../monitor/watch.ts'),
      ]);
      const options = { region: config.AWS_REGION, profile: config.AWS_PROFILE };
      const stacks = cloudFormationClient(options);
      const settings = () => deployedSettings(stacks, derive(config).stackName, config.AWS_REGION);
      const { APP_NAME } = await settings();

      const stop = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
      say(`Watching ${APP_NAME}, a look each minute. Ctrl-C stops watching, not the machines.`);
      const ended = await watch({
        aws: connect(options),
        settings,
        signal: stop.signal,
        say,
        forever: flags.forever,
      });
      if (!ended) {
        say('Stopped watching. Machines that run stay until they have idled; npm run monitor goes on.');
      }
    });
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}
