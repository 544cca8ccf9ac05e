/** `local`: a job file on this machine, with the worker, the queue's protocol and the records of the cloud. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Config } from '../config/index.ts';
import { lookForFiji, type FijiThatIsThere } from '../fiji/find/find.ts';
import { alreadyDone, type DoneJobs } from '../records/done.ts';
import { readRecords } from '../records/reader.ts';
import { FolderStore } from '../store/folder-store.ts';
import { allLackInputs, checkInputs, refuseInputs } from './check-inputs.ts';
import { checkAgainst, refuseParameters } from './check-against.ts';
import { mustSpeak } from './check-language.ts';
import { pathsHere } from './check-paths.ts';
import { mustHaveScreen } from './check-screen.ts';
import { describeDryRun } from './dry-run.ts';
import { inputFolder } from './input-folder.ts';
import { countMissing, jobsLeft } from './jobs-left.ts';
import { runAloud, StoppedError } from './local-run.ts';
import { JobsFailedError, tellOutcome, tellPage } from './local-outcome.ts';
import {
  findFijiAloud,
  makeOutputFolder,
  readWishes,
  refuseWindows,
  type LocalSetup,
} from './local-setup.ts';
import { nameOtherJobs } from './other-job.ts';
import { writePictures } from './pictures.ts';
import { tellNotes } from './tell-notes.ts';
import { loadUserConfig } from './user-config.ts';

interface LocalFlags {
  readonly input?: string;
  readonly output?: string;
  readonly fijiScript?: string;
  /** The same, under the name that npm takes for its own. */
  readonly script?: string;
  readonly workers?: number;
  readonly jobsPerFiji?: number;
  readonly virtualDisplay?: boolean;
  readonly tries: number;
  readonly dryRun: boolean;
  readonly check: boolean;
}

export function register(command: Command, program: Command): void {
  command
    .argument('<job-file>', 'JSON file with the groups to run the script on')
    .option(
      '-i, --input <folder>',
      "your images: what /home/ubuntu/bucket is in a job file (default: the job file's folder)",
    )
    .option('-o, --output <folder>', "where results go (default: results, in the job file's folder)")
    .option('-s, --fiji-script <file>', 'script or macro to run (default: SCRIPT_DOWNLOAD_URL of the config)')
    // npm takes it for its --script-shell, and starts the file as a shell, when no -- stands before it.
    .option('--script <file>', 'the same as --fiji-script')
    .option('-w, --workers <number>', 'jobs at a time (default: what cores and memory allow)', atLeastOne)
    .option(
      '--jobs-per-fiji <number>',
      'jobs that one Fiji does before a new one takes over (default: JOBS_PER_FIJI)',
      atLeastOne,
    )
    .option(
      '--virtual-display',
      'run Fiji under a virtual screen, for what cannot run without one (default: VIRTUAL_DISPLAY)',
    )
    .option('--tries <number>', 'times that a job may fail before it counts as failed', atLeastOne, 1)
    .option('-n, --dry-run', 'show what would run, and run nothing', false)
    .option(
      '--no-check',
      'run jobs even if their parameters do not fit the script, or all their inputs are missing',
    )
    .action((jobFile: string, flags: LocalFlags) => local(jobFile, flags, program));
}

async function local(path: string, flags: LocalFlags, program: Command): Promise<void> {
  refuseWindows();
  const config = await loadUserConfig(program);
  const setup = await readWishes(
    { jobFile: path, ...flags, script: flags.fijiScript ?? flags.script },
    config,
  );
  const { jobFile, script, input } = setup;
  try {
    const name = basename(script.source);
    const check = await checkAgainst(script, jobFile, pathsHere());
    const folder = inputFolder(input, config.SOURCE_BUCKET);
    const known = await doneBefore(setup, config);
    // Images of jobs that are done may be elsewhere by now.
    const inputs = await checkInputs(jobsLeft(jobFile, 0, known), folder);
    if (flags.dryRun) {
      const checked = { script: name, ...check };
      const done = jobFile.count - (await countMissing(jobFile, 0, known));
      process.stdout.write(await describeDryRun({ jobFile, verb: 'run', checked, inputs, done }));
    }
    if (flags.check) {
      // A note may say why; what goes on has them in its introduction, and a dry run in its text.
      const refused = check.problems.length > 0 || allLackInputs(inputs);
      if (refused && !flags.dryRun) tellNotes(jobFile.notes);
      refuseParameters({ script: name, ...check }, flags);
      refuseInputs(inputs, folder, flags);
    }
    const virtualDisplay = flags.virtualDisplay ?? config.VIRTUAL_DISPLAY;
    if (flags.dryRun) {
      // It ends as the run would, and neither downloads a Fiji nor starts one.
      await mustRunHere(await lookForFiji({ env: process.env }), script.source, virtualDisplay);
      return;
    }
    const notes = [...jobFile.notes, ...check.problems, ...check.notes, ...inputs.problems];
    const fiji = await findFijiAloud();
    await mustRunHere(fiji, script.source, virtualDisplay);
    await makeOutputFolder(setup.output);
    const result = await runAloud({ ...setup, notes }, fiji, config, flags);
    const reasonOf = await nameOtherJobs(result.failed, jobFile);
    tellOutcome(result, setup, reasonOf);
    const store = new FolderStore(setup.output);
    const page = await writePictures(store, jobFile.run, readRecords(store, config.APP_NAME, jobFile.run), {
      title: jobFile.run,
      text: `The first picture of each job of ${basename(path)} that wrote one; colours and numbers are what scripts print as "value: 12 cells".`,
      result,
      reasonOf,
    });
    if (page !== undefined) tellPage(page);
    if (result.stopped) throw new StoppedError(result);
    if (result.gaveUp !== undefined) throw result.gaveUp;
    if (result.failed.length + result.killed.length > 0) throw new JobsFailedError(result);
  } finally {
    jobFile.close();
  }
}

/** @throws LanguageError, ScreenError */
async function mustRunHere(fiji: FijiThatIsThere, script: string, virtualDisplay: boolean): Promise<void> {
  mustSpeak(fiji, script);
  await mustHaveScreen(fiji, script, virtualDisplay);
}

/** What a run would leave out; it looks again once nobody else may write to the folder. */
async function doneBefore(
  { jobFile, script, output }: LocalSetup,
  config: Config,
): Promise<DoneJobs | undefined> {
  if (!config.CHECK_IF_DONE_BOOL || !existsSync(output)) return undefined;
  const names = { store: new FolderStore(output), appName: config.APP_NAME, run: jobFile.run };
  return alreadyDone({ ...names, scriptSha256: script.sha256 });
}

function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return number;
}
