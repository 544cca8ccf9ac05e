/** The command line and the environment of one Fiji process. */
import { delimiter, join } from 'node:path';
import type { FijiInstallation } from '../fiji.ts';
import type { SessionFolder } from './folder.ts';

export interface FijiCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

export interface CommandOptions {
  readonly fiji: FijiInstallation;
  readonly folder: SessionFolder;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of runner.groovy. */
  readonly runner: string;
  /** What the runner connects to. */
  readonly channel: string;
  readonly heapMiB: number;
  /** Cores that are this process's share of the machine. */
  readonly cores?: number;
  /** `:7`; headless when absent. */
  readonly display?: string;
  /** This process is for one job: what it costs to start counts for as much as how fast it becomes. */
  readonly forOneJob: boolean;
}

export function fijiCommand(options: CommandOptions): FijiCommand {
  const { start } = options.fiji;
  const headless = options.display === undefined;
  const run = [...(headless ? ['--headless'] : []), '--run', join(options.runner, 'runner.groovy')];
  const env = environment(options);
  if (start.kind === 'launcher') {
    // Without --ij2, a launcher of 2014 to 2024 may choose ImageJ 1; with it, one since 2024 looks for a macro of that name.
    return { file: start.launcher, args: [...(start.style === 'classic' ? ['--ij2'] : []), ...run], env };
  }
  return {
    file: start.java,
    args: [
      `-Djava.awt.headless=${headless}`,
      ...(start.pluginsParent === undefined ? [] : [`-Dplugins.dir=${start.pluginsParent}`]),
      ...(start.classArchive === undefined
        ? []
        : [`-XX:SharedArchiveFile=${start.classArchive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off']),
      '-cp',
      ...(start.runnerJar === undefined
        ? [start.jars.join(delimiter), 'groovy.ui.GroovyMain', join(options.runner, 'gateway.groovy')]
        : [[...start.jars, start.runnerJar].join(delimiter), 'gateway']),
      ...run,
    ],
    env,
  };
}

function environment(options: CommandOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env)) if (value !== undefined) env[name] = value;
  const { folder } = options;
  env['DISTRIBUTED_FIJI_CHANNEL'] = options.channel;
  env['DISTRIBUTED_FIJI_RUNNER'] = options.runner;
  env['TMPDIR'] = folder.temporary;
  delete env['WAYLAND_DISPLAY'];
  if (options.display === undefined) delete env['DISPLAY'];
  else env['DISPLAY'] = options.display;
  // Java decodes file names by the locale: without UTF-8 a file named é cannot be opened.
  if (process.platform === 'linux' && !/utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''))
    env['LC_ALL'] = 'C.UTF-8';
  // Of these two, only the first beats what a launcher puts on Java's command line; Java 8 reads 1,024 bytes of each.
  env['_JAVA_OPTIONS'] = joined(env['_JAVA_OPTIONS'], [
    `-Xmx${options.heapMiB}m`,
    `-Duser.home=${folder.home}`,
    `-Djava.io.tmpdir=${folder.temporary}`,
    `-Djava.util.prefs.userRoot=${folder.preferences}`,
  ]);
  env['JAVA_TOOL_OPTIONS'] = joined(env['JAVA_TOOL_OPTIONS'], [
    '-XX:+IgnoreUnrecognizedVMOptions',
    '-Dfile.encoding=UTF-8',
    '-Dsun.stdout.encoding=UTF-8',
    '-Dsun.stderr.encoding=UTF-8',
    '-Dstdout.encoding=UTF-8',
    '-Dstderr.encoding=UTF-8',
    '-Dpython.console.encoding=UTF-8',
    '-Dpython.cachedir.skip=true',
    '-Dimagej.updater.disableAutocheck=true',
    // On a machine of many containers Java would start threads for every core of it.
    ...(options.cores === undefined ? [] : [`-XX:ActiveProcessorCount=${options.cores}`]),
    ...(options.forOneJob ? LATE_OPTIMISATION : []),
  ]);
  // Read by Java 9 and later only: an earlier one would not start with this option, and needs it not.
  env['JDK_JAVA_OPTIONS'] = joined(env['JDK_JAVA_OPTIONS'], OPEN_PACKAGES);
  return env;
}

/**
 * Java's optimising compiler takes 40% of the CPU time of a start, for methods that a start calls some thousand times.
 * It waits here until they were called a hundred times as often (the defaults: 5000, 600, 15000); a loop that runs long
 * is optimised as soon as ever, and image processing is loops. A job of 20 s was measured not to be slower.
 */
const LATE_OPTIMISATION = [
  '-XX:Tier4InvocationThreshold=500000',
  '-XX:Tier4MinInvocationThreshold=60000',
  '-XX:Tier4CompileThreshold=1500000',
];

/** What Groovy 2.4 and Jython 2.7.0 reach into. */
const OPEN_PACKAGES = [
  'java.base/java.lang',
  'java.base/java.util',
  'java.base/java.io',
  'java.base/sun.nio.ch',
].map((name) => `--add-opens=${name}=ALL-UNNAMED`);

function joined(given: string | undefined, options: readonly string[]): string {
  return [...(given === undefined || given.trim() === '' ? [] : [given]), ...options.map(quoted)].join(' ');
}

/** Java splits at spaces outside of quotes. */
function quoted(option: string): string {
  if (!/[\s'"]/.test(option)) return option;
  return option.includes('"') ? `'${option}'` : `"${option}"`;
}
