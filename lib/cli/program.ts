/**
 * The commands of `distributed-fiji`; the npm scripts call them by name. What a command takes and does is in its own
 * file, which is loaded when it is called: none waits for the clients and schemas of the others.
 */
import { Command } from 'commander';
import { isCalledByNpm, refuseTakenByNpm } from './taken-by-npm.ts';

interface CommandFile {
  /** Adds what the command takes and does. @param program owns --config */
  readonly register: (command: Command, program: Command) => void;
}

interface Entry {
  readonly description: string;
  readonly load: () => Promise<CommandFile>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  demo: {
    description: 'Count bright spots in 12 wells of real images: no AWS account, no Docker, no Fiji needed.',
    load: () => import('./demo.ts'),
  },
  deploy: {
    description: 'Make in AWS what a run needs: looks first for what is wrong, then runs cdk deploy.',
    load: () => import('./deploy.ts'),
  },
  destroy: {
    description: 'Remove the run from AWS. Results stay in your bucket.',
    load: () => import('./destroy.ts'),
  },
  enqueue: {
    description: 'Check a job file and send its jobs to the queue.',
    load: () => import('./enqueue.ts'),
  },
  'import-config': {
    description:
      'Turn the config.py of the Python Distributed-Fiji (or a sibling) into config.ts. Nothing in it is run.',
    load: () => import('./import-config.ts'),
  },
  local: {
    description:
      'Run a job file on this machine, with no AWS account. The same command again goes on where it was.',
    load: () => import('./local.ts'),
  },
  monitor: {
    description:
      'Start and end machines as the queue fills and empties, from this terminal. Needed only with AUTO_MONITOR: false.',
    load: () => import('./monitor.ts'),
  },
};

/**
 * @param args what stands behind the program's name: says which command's file is needed
 * @throws TakenByNpmError
 */
export async function program(args: readonly string[]): Promise<Command> {
  const root = new Command('distributed-fiji')
    .description('Run a Fiji script on many images: on this machine, or on AWS.')
    .option('-c, --config <file>', 'the config to use', 'config.ts')
    // Each command's --help shows --config too.
    .configureHelp({ showGlobalOptions: true })
    // `help enqueue` would not show all: `enqueue --help` does.
    .helpCommand(false)
    // Only bin/ ends the process: what commander refuses reaches it as a CommanderError.
    .exitOverride();
  const [called = ''] = root.parseOptions([...args]).operands;
  root.showHelpAfterError(
    isCalledByNpm(called)
      ? `(npm run ${called} -- --help shows what it takes; without that -- npm keeps options for itself)`
      : '(--help shows what it takes)',
  );
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = root.command(name).description(description);
    if (name !== called) continue;
    (await load()).register(command, root);
    refuseTakenByNpm(command, args);
  }
  return root;
}
