/**
 * Brings the starter Fiji together in a cache folder. Each jar is downloaded beside its place, checked, and renamed
 * into it: a jar that is there is whole, two processes may do this at once, and what broke off goes on jar by jar.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DistributedFijiError, messageOf } from '../../errors.ts';
import { fileNameOf, PARTS, type Part } from './parts.ts';

export class StarterDownloadError extends DistributedFijiError {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { code: 'DOWNLOAD_FAILED', fault: 'environment', fix, cause });
  }
}

export interface Progress {
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface AssembleOptions {
  readonly cacheFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (progress: Progress) => void;
  readonly parts?: readonly Part[];
}

/** `$XDG_CACHE_HOME/distributed-fiji`, by default `~/.cache/distributed-fiji`; on macOS `~/Library/Caches/distributed-fiji`. */
export function defaultCacheFolder(env: AssembleOptions['env']): string {
  const home = env['HOME'] || homedir();
  const caches =
    env['XDG_CACHE_HOME'] ||
    (process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache'));
  return join(caches, 'distributed-fiji');
}

/** Absolute path of the starter's folder, whole and checked. @throws StarterDownloadError */
export async function assembleStarter(options: AssembleOptions): Promise<string> {
  const parts = options.parts ?? PARTS;
  const folder = join(options.cacheFolder, starterName(parts));
  const jars = join(folder, 'jars');
  await mkdir(jars, { recursive: true });
  const totalBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  let doneBytes = 0;
  const missing: Part[] = [];
  for (const part of parts) {
    if (await isThere(join(jars, fileNameOf(part)), part)) doneBytes += part.bytes;
    else missing.push(part);
  }
  await Promise.all(
    missing.map((part) =>
      download(part, join(jars, fileNameOf(part)), options, (bytes) => {
        doneBytes += bytes;
        options.onProgress?.({ file: fileNameOf(part), doneBytes, totalBytes });
      }),
    ),
  );
  return folder;
}

/** Other parts are another starter: an update never changes one that is in use. */
export function starterName(parts: readonly Part[] = PARTS): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part.sha256);
  return `starter-fiji-${digest.digest('hex').slice(0, 12)}`;
}

async function isThere(file: string, part: Part): Promise<boolean> {
  return stat(file).then(
    (found) => found.size === part.bytes,
    () => false,
  );
}

async function download(
  part: Part,
  file: string,
  options: AssembleOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  // A mirror of Maven Central, as companies and offline sites have one.
  const mirror = options.env['MAVEN_MIRROR_URL'];
  // Loaded only for a download: what it is built on makes Node print a deprecation warning. CommonJS: under Node's rules
  // its exports object is the default import.
  const { default: mavenArtifactUrl } = await import('mvn-artifact-url');
  const url = await mavenArtifactUrl.default(
    part,
    mirror === undefined ? undefined : mirror.replace(/\/*$/, '/'),
  );
  const beside = `${file}.${randomUUID()}.part`;
  try {
    const response = await fetch(url);
    if (!response.ok || response.body === null)
      throw new StarterDownloadError(
        `The server answered ${response.status} ${response.statusText}`.trim(),
        '',
      );
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        onBytes(chunk.length);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(beside));
    const sha256 = await sha256Of(beside);
    if (sha256 !== part.sha256)
      throw new StarterDownloadError(
        `Its SHA-256 is ${sha256}, not ${part.sha256}: it was damaged or changed on the way`,
        '',
      );
    await rename(beside, file);
  } catch (thrown) {
    const cause =
      thrown instanceof Error && thrown.cause !== undefined ? ` (${messageOf(thrown.cause)})` : '';
    throw new StarterDownloadError(
      `A part of the starter Fiji could not be downloaded: ${url}. ${messageOf(thrown)}${cause}`,
      'Check the network and run the same command again: what has arrived is kept. Behind a firewall set MAVEN_MIRROR_URL to a mirror of Maven Central, or FIJI_HOME to a Fiji that is installed.',
      thrown,
    );
  } finally {
    await rm(beside, { force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
