/** The commands of `distributed-fiji`; the npm scripts call them by name. Each command's file registers itself. */
import { Command } from 'commander';
import { register as demo } from './demo.ts';
import { register as deploy } from './deploy.ts';
import { register as destroy } from './destroy.ts';
import { register as enqueue } from './enqueue.ts';
import { register as importConfig } from './import-config.ts';
import { register as local } from './local.ts';
import { register as monitor } from './monitor.ts';

export function program(): Command {
  const root = new Command('distributed-fiji')
    .description('Run a Fiji script on many images: on this machine, or on AWS.')
    .option('-c, --config <file>', 'the config to use', 'config.ts')
    // Each command's --help shows --config too.
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows what it takes)')
    // Only bin/ ends the process: what commander refuses reaches it as a CommanderError.
    .exitOverride();
  for (const register of [demo, deploy, destroy, enqueue, importConfig, local, monitor]) register(root);
  return root;
}
