/** `demo`: real images, a real script, the whole way from job file to results; nothing to configure. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { parseConfig } from '../config/index.ts';
import { lastRecords } from '../records/last-records.ts';
import { readRecords } from '../records/reader.ts';
import type { JobRecord } from '../records/record.ts';
import { secondsOf, table } from '../report/table.ts';
import { FolderStore } from '../store/folder-store.ts';
import { runAloud, StoppedError } from './local-run.ts';
import { JobsFailedError, tellOutcome, tellPage } from './local-outcome.ts';
import { findFijiAloud, makeOutputFolder, readWishes, refuseWindows } from './local-setup.ts';
import { writePictures } from './pictures.ts';
import { userPath } from './user-path.ts';
import { valueInLog } from './value-in-log.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** The demo's own: it does not depend on what config.ts says. Small images need little memory, and short jobs share a Fiji. */
const CONFIG = { APP_NAME: 'Demo', MEMORY: 2000, JOBS_PER_FIJI: 20, CHECK_IF_DONE_BOOL: false };

export function register(command: Command): void {
  command
    .option('-o, --output <folder>', 'where results go', 'results/demo')
    .action(({ output }: { readonly output: string }) => demo(userPath(output)));
}

async function demo(output: string): Promise<void> {
  refuseWindows();
  const config = parseConfig(CONFIG);
  const setup = await readWishes(
    {
      jobFile: join(examples, 'count_spots.json'),
      script: join(examples, 'count_spots.py'),
      input: join(examples, 'images'),
      output,
    },
    config,
  );
  try {
    process.stdout.write('Counting bright spots in 12 wells of a real plate, on this machine.\n\n');
    const fiji = await findFijiAloud();
    await makeOutputFolder(output);
    const started = new Date().toISOString();
    const result = await runAloud({ ...setup, notes: [] }, fiji, config, { tries: 1 });
    const { run } = setup.jobFile;
    const store = new FolderStore(output);
    const last = await lastRecords(readRecords(store, config.APP_NAME, run));
    const records = [...last.values()]
      .filter(({ ended }) => ended >= started)
      .sort((a, b) => wellOf(a).localeCompare(wellOf(b)));
    const spots = new Map<string, number>();
    for (const { job, log = '' } of records) {
      const found = await valueInLog(store.describe(log));
      if (found !== undefined) spots.set(job, found.value);
    }

    process.stdout.write(`\n${resultTable(records, spots)}\n`);
    tellOutcome(result, setup);
    const page = await writePictures(store, run, records, {
      title: 'Bright spots in 12 wells',
      text: 'Row O of a 384-well plate, two fields of each well. A ring marks each spot that the script found; in some wells the stain has gathered into hundreds.',
      result,
    });
    if (page !== undefined) tellPage(page);
    if (result.stopped) throw new StoppedError(result);
    if (result.gaveUp !== undefined) throw result.gaveUp;
    if (result.failed.length + result.killed.length > 0) throw new JobsFailedError(result);
    process.stdout.write(`\n${NEXT}\n`);
  } finally {
    setup.jobFile.close();
  }
}

const NEXT = `Next, your own images and script:
  npm run local -- my_jobs.json --input ~/my_images --fiji-script my_script.py
examples/README.md has scripts and job files to start from.`;

function resultTable(records: readonly JobRecord[], spots: ReadonlyMap<string, number>): string {
  const rows = records.map((record) => [
    wellOf(record),
    record.outcome,
    secondsOf(record).toFixed(1),
    record.outcome === 'success' ? String(spots.get(record.job) ?? '') : '',
  ]);
  return table(['well', 'outcome', 'seconds', 'spots'], rows);
}

function wellOf({ group }: JobRecord): string {
  return String(group.Well);
}
