/** What only buckets and servers can tell before jobs are sent: the script, whether inputs are there, which jobs are done. */
import type { S3Client } from '@aws-sdk/client-s3';
import { bucketsAreNamed, type Config } from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';
import type { JobFile } from '../jobs/index.ts';
import { alreadyDone, type DoneJobs } from '../records/done.ts';
import { openStore } from '../store/open-store.ts';
import { ScriptFetchError } from '../worker/script.ts';
import { checkInputs, type InputPlace, type InputsCheck } from './check-inputs.ts';
import { liveLine } from './live-line.ts';
import { grouped } from '../plural.ts';
import { readUserScript, type UserScript } from './user-script.ts';

/** An answer, or a sentence that says why there is none, and one that ends the trouble. */
export type Looked<T> =
  | { readonly answer: T; readonly why?: undefined; readonly fix?: undefined }
  | { readonly answer?: undefined; readonly why: string; readonly fix?: string | undefined };

/**
 * The script, for a dry run, which tells the rest without it.
 *
 * @returns an answer of undefined when none is named yet
 * @throws ScriptError when it could never be run
 */
export async function lookForScript(config: Config): Promise<Looked<UserScript | undefined>> {
  if (config.SCRIPT_DOWNLOAD_URL === '') return { answer: undefined };
  try {
    return { answer: await readUserScript(undefined, config) };
  } catch (error) {
    if (!(error instanceof ScriptFetchError)) throw error;
    return blind('The parameters were not checked, and which jobs are done already is not known', error);
  }
}

/** Never throws: a worker finds a missing input too, and says so. */
export async function lookForInputs(
  jobs: Pick<JobFile, 'messages'>,
  config: Config,
  place: InputPlace,
): Promise<Looked<InputsCheck>> {
  return looked('The inputs were not looked for', config, () => checkInputs(jobs, place));
}

/** The same for a dry run: without an answer it tells the rest. */
export async function lookForDone(
  jobFile: JobFile,
  config: Config,
  s3: S3Client,
  scriptSha256: string,
): Promise<Looked<DoneJobs | undefined>> {
  return looked('Which jobs are done already is not known', config, () =>
    doneJobs(jobFile, config, s3, scriptSha256),
  );
}

/**
 * @returns undefined when nobody asked (CHECK_IF_DONE_BOOL)
 * @throws StoreError when records or outputs cannot be listed
 */
export async function doneJobs(
  { run }: JobFile,
  config: Config,
  s3: S3Client,
  scriptSha256: string,
): Promise<DoneJobs | undefined> {
  if (!config.CHECK_IF_DONE_BOOL) return undefined;
  const line = liveLine(process.stderr);
  try {
    return await alreadyDone({
      store: openStore(`s3://${config.DESTINATION_BUCKET}`, { s3 }),
      appName: config.APP_NAME,
      run,
      scriptSha256,
      onProgress: (records) => line.show(`Looking which jobs are done: ${grouped(records)} records read`),
    });
  } finally {
    line.end();
  }
}

async function looked<T>(otherwise: string, config: Config, look: () => Promise<T>): Promise<Looked<T>> {
  if (!bucketsAreNamed(config)) return { why: `${otherwise}: AWS_BUCKET is not filled in yet.` };
  try {
    return { answer: await look() };
  } catch (error) {
    if (!(error instanceof DistributedFijiError)) throw error;
    return blind(otherwise, error);
  }
}

function blind(otherwise: string, { message, fix }: DistributedFijiError): Looked<never> {
  return { why: `${otherwise}. ${message.replace(/\.$/, '')}.`, fix };
}
