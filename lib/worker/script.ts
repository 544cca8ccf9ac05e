/**
 * The user's script, fetched once for the life of a worker: every job it does runs the same bytes, and their SHA-256 is
 * in every record. A script that does not arrive stops the worker before it takes a job.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DistributedFijiError, messageOf } from '../errors.ts';
import { StoreError } from '../store/store-error.ts';
import type { OpenStore } from './stores.ts';

export interface FetchedScript {
  /** Absolute path of the copy; its extension says the language. */
  readonly path: string;
  /** SCRIPT_DOWNLOAD_URL without a query or password: signed addresses carry secrets there. */
  readonly source: string;
  /** Hex. */
  readonly sha256: string;
}

export class ScriptFetchError extends DistributedFijiError {
  constructor(source: string, why: string, fix: string, cause?: unknown) {
    super(`The script ${source} could not be fetched: ${why}`, { code: 'DOWNLOAD_FAILED', fix, cause });
  }
}

const ATTEMPTS = 3;
const SECONDS_AN_ATTEMPT = 60;

/**
 * @param url SCRIPT_DOWNLOAD_URL: https://, s3://BUCKET/KEY, file:// or an absolute path.
 * @param folder where the copy goes; made if missing.
 * @throws ScriptFetchError
 */
export async function fetchScript(url: string, folder: string, openStore: OpenStore): Promise<FetchedScript> {
  const place = locate(url);
  const source = place.kind === 'file' ? place.path : withoutSecrets(place.url);
  const name = basename(place.kind === 'file' ? place.path : decodeURIComponent(place.url.pathname));

  if (extname(name) === '') {
    throw new ScriptFetchError(
      source,
      'its name has no extension, so its language cannot be told',
      'Name the script file itself, with its extension: .py (Jython), .groovy, .ijm, ...',
    );
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  if (place.kind === 'file') await copy(place.path, path);
  else if (place.kind === 's3') await fromStore(place.url, source, path, openStore);
  else await fromWeb(place.url, source, path);

  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, source, sha256 };
}

type Place =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 's3' | 'web'; readonly url: URL };

function locate(url: string): Place {
  if (isAbsolute(url)) return { kind: 'file', path: url };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;

  if (parsed?.protocol === 'file:') return { kind: 'file', path: fileURLToPath(parsed) };
  if (parsed?.protocol === 's3:') return { kind: 's3', url: parsed };
  if (parsed?.protocol === 'https:') return { kind: 'web', url: parsed };
  // Code that runs with the worker's rights never comes over a line that others can write on.
  if (parsed?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname)) {
    return { kind: 'web', url: parsed };
  }
  throw new ScriptFetchError(
    parsed === undefined ? url : withoutSecrets(parsed),
    'it is neither https://, s3://BUCKET/KEY nor a file that is here',
    'Set SCRIPT_DOWNLOAD_URL to one of these; on this machine a file’s absolute path will do.',
  );
}

function withoutSecrets(url: URL): string {
  const clean = new URL(url);
  [clean.username, clean.password, clean.search, clean.hash] = ['', '', '', ''];
  return clean.href;
}

async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: unknown) => {
    throw new ScriptFetchError(from, messageOf(error), 'Check the path in SCRIPT_DOWNLOAD_URL.', error);
  });
}

async function fromStore(url: URL, source: string, to: string, openStore: OpenStore): Promise<void> {
  const key = decodeURIComponent(url.pathname.slice(1));

  await openStore(`s3://${url.hostname}`)
    .download(key, to)
    .catch((error: unknown) => {
      // Credentials, a network, a region: what is wrong with them the store knows best.
      const known = error instanceof StoreError && error.trouble === 'other' ? error.fix : undefined;
      const fix =
        known ??
        'Check bucket and key, and that this machine (in the cloud: the task role) may read the object.';
      throw new ScriptFetchError(source, messageOf(error), fix, error);
    });
}

async function fromWeb(url: URL, source: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(to, await bodyOf(url, source));
      return;
    } catch (error) {
      // What the server refused it will refuse again; a broken line may mend.
      if (error instanceof ScriptFetchError) throw error;
      if (attempt === ATTEMPTS) {
        const why =
          error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
        throw new ScriptFetchError(
          source,
          why,
          'Check that this machine reaches the address, then start again.',
          error,
        );
      }
      await sleep(1000 * attempt);
    }
  }
}

async function bodyOf(url: URL, source: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(SECONDS_AN_ATTEMPT * 1000) });

  if (response.status >= 500) throw new TypeError(`HTTP ${response.status}`);
  if (!response.ok) {
    const fix = 'Open the address in a private browser window: it must show the script without signing in.';
    throw new ScriptFetchError(source, `HTTP ${response.status} ${response.statusText}`.trim(), fix);
  }
  const body = await response.bytes();
  if (/^\s*<(!doctype html|html)/i.test(Buffer.from(body.subarray(0, 200)).toString('utf8'))) {
    const fix = 'Use the address of the file itself (on GitHub: the "Raw" button).';
    throw new ScriptFetchError(source, 'what arrived is a web page, not a script', fix);
  }
  return body;
}
