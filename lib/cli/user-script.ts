/** The script that a command was given: fetched once, so that it can be read before anything runs. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { s3Client } from '../aws/clients.ts';
import type { Config } from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';
import { openStore } from '../store/open-store.ts';
import { fetchScript } from '../worker/script.ts';
import { userPath } from './user-path.ts';

export class ScriptError extends DistributedFijiError {
  constructor(message: string, fix: string) {
    super(message, { code: 'SCRIPT_INVALID', fix });
  }
}

export interface UserScript {
  /** What a worker is given: an absolute path, or an address. */
  readonly source: string;
  readonly text: string;
  /** Hex. */
  readonly sha256: string;
}

/** Languages that Fiji brings, by extension; which of them a Fiji at hand has, it says itself when it runs. */
const LANGUAGES: Readonly<Record<string, string>> = {
  '.py': 'Jython',
  '.groovy': 'Groovy',
  '.ijm': 'ImageJ macro',
  '.bsh': 'BeanShell',
  '.js': 'JavaScript',
  '.rb': 'JRuby',
  '.clj': 'Clojure',
  '.java': 'Java',
  '.scala': 'Scala',
  '.r': 'R',
  '.m': 'MATLAB',
};

/**
 * @param given path or address; by default SCRIPT_DOWNLOAD_URL of the config
 * @throws ScriptError, ScriptFetchError
 */
export async function readUserScript(given: string | undefined, config: Config): Promise<UserScript> {
  const wanted = given ?? config.SCRIPT_DOWNLOAD_URL;
  if (wanted === '') {
    throw new ScriptError(
      'No script was named: neither --fiji-script nor SCRIPT_DOWNLOAD_URL in config.ts.',
      'Add --fiji-script my_script.py to the command.',
    );
  }
  const isAddress = /^(https?|s3|file):/.test(wanted);
  const source = isAddress ? wanted : userPath(wanted);
  if (!isAddress && !existsSync(source)) {
    throw new ScriptError(
      `There is no script at ${source}.`,
      'Check the name; paths are relative to the folder you are in.',
    );
  }
  const extension = extname(isAddress ? new URL(source).pathname : source).toLowerCase();
  if (!(extension in LANGUAGES)) {
    const known = Object.entries(LANGUAGES).map(([ending, name]) => `${ending} (${name})`);
    throw new ScriptError(
      `${basename(source)} is in no language that Fiji runs: its name ends in ${extension === '' ? 'nothing' : `"${extension}"`}.`,
      `Give it the ending of its language: ${known.join(', ')}.`,
    );
  }

  const folder = await mkdtemp(join(tmpdir(), 'distributed-fiji-script-'));
  try {
    const fetched = await fetchScript(source, folder, (bucket) =>
      openStore(bucket, { s3: s3Client({ region: config.AWS_REGION, profile: config.AWS_PROFILE }) }),
    );
    return { source, text: await readFile(fetched.path, 'utf8'), sha256: fetched.sha256 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
