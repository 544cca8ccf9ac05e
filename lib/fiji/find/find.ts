/** Finds a Fiji on this machine, or brings the starter Fiji together. */
import { join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { DistributedFijiError } from '../../errors.ts';
import type { FijiInstallation } from '../fiji.ts';
import { assembleStarter, defaultCacheFolder, type Progress } from '../starter/assemble.ts';
import { fasterStart } from '../starter/faster-start.ts';
import { fileNameOf, PARTS } from '../starter/parts.ts';
import { findJava, JavaError, type Java } from './java.ts';
import { layoutOf, type Layout } from './layout.ts';
import { PLAIN_IMAGEJ, usualPlaces } from './places.ts';

const IMAGEJ_1 = PARTS[0] as (typeof PARTS)[number];
const STARTER = `starter Fiji (ImageJ ${IMAGEJ_1.version}, SciJava, Jython, Groovy)`;

export class FijiNotFoundError extends DistributedFijiError {
  constructor(message: string, fix: string) {
    super(message, { code: 'FIJI_NOT_FOUND', fault: 'user', fix });
  }
}

export interface FindFijiOptions {
  /** A folder that must be a Fiji; by default `env.FIJI_HOME`, then the usual places. */
  readonly home?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a starter Fiji is kept. @default the user's cache folder */
  readonly cacheFolder?: string;
  /** False: only a Fiji, or a plain ImageJ, that is there. @default true */
  readonly starter?: boolean;
  /** Called while the starter Fiji is downloaded. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What can be said of a Fiji before it is put together: what scripts it can run, and how. */
export interface FijiThatIsThere {
  readonly origin: string;
  readonly start: Pick<FijiInstallation['start'], 'kind'>;
}

/**
 * FIJI_HOME, then the usual places, then the starter Fiji.
 *
 * @throws FijiNotFoundError when FIJI_HOME is no Fiji, or there is none and no starter is wanted.
 * @throws JavaError when Java is missing or too old.
 * @throws StarterDownloadError
 */
export async function findFiji(options: FindFijiOptions): Promise<FijiInstallation> {
  const found = await findLayout(options);
  if (found !== undefined) return installation(found.layout, found.how, options);
  if (options.starter === false) {
    throw new FijiNotFoundError(
      'There is no Fiji here: not in FIJI_HOME, which is not set, and not in the usual places.',
      'Set FIJI_HOME to the folder that holds Fiji.',
    );
  }
  const java = await findJava(options.env);
  const folder = await starterFolder(options);
  return starterInstallation(folder, `${STARTER}, kept in ${folder}`, java, options);
}

/**
 * Which Fiji {@link findFiji} would give. Downloads nothing, and writes nothing.
 *
 * @throws FijiNotFoundError, JavaError
 */
export async function lookForFiji(options: Pick<FindFijiOptions, 'home' | 'env'>): Promise<FijiThatIsThere> {
  const found = await findLayout(options);
  if (found?.layout.kind === 'launcher') return installation(found.layout, found.how, options);
  await findJava(options.env);
  const { kind, home } = found?.layout ?? {};
  const origin =
    home === undefined ? STARTER : `${kind === 'starter' ? 'starter Fiji' : 'ImageJ 1'} at ${home}`;
  return { origin, start: { kind: 'jars' } };
}

type How = 'FIJI_HOME' | 'found';

async function findLayout({
  home,
  env,
}: Pick<FindFijiOptions, 'home' | 'env'>): Promise<
  { readonly layout: Layout; readonly how: How } | undefined
> {
  const named = home || env['FIJI_HOME'];
  if (named) return { layout: await namedLayout(resolve(named)), how: 'FIJI_HOME' };
  for (const place of [...(await usualPlaces(env)), PLAIN_IMAGEJ]) {
    const layout = await layoutOf(place);
    if (layout) return { layout, how: 'found' };
  }
  return undefined;
}

async function namedLayout(home: string): Promise<Layout> {
  const layout = await layoutOf(home);
  if (layout) return layout;
  const there = await stat(home).catch(() => undefined);
  throw new FijiNotFoundError(
    there === undefined
      ? `FIJI_HOME does not exist: ${home}`
      : `FIJI_HOME is not a Fiji: ${home} has no launcher (such as ImageJ-linux64, fiji or fiji-linux-x64) beside a folder jars.`,
    'Set FIJI_HOME to the folder that holds the launcher, for example /opt/fiji/Fiji.app, or unset it.',
  );
}

async function installation(layout: Layout, how: How, options: FindFijiOptions): Promise<FijiInstallation> {
  const where = how === 'FIJI_HOME' ? `${layout.home} (FIJI_HOME)` : layout.home;
  if (layout.kind === 'launcher') {
    await launcherHasJava(layout.home, options);
    return { home: layout.home, origin: `Fiji at ${where}`, start: layout.start };
  }
  const java = await findJava(options.env);
  const jars = { kind: 'jars', java: java.file, javaVersion: java.version } as const;
  if (layout.kind === 'starter')
    return starterInstallation(layout.home, `starter Fiji at ${where}`, java, options);
  // ImageJ 1 alone knows no #@ scripts: the starter's SciJava and languages do, over this ImageJ.
  const starter = await starterFolder(options);
  return {
    home: layout.home,
    origin: `ImageJ 1 at ${where}, with SciJava from ${starter}`,
    start: {
      ...jars,
      jars: [layout.jar, ...starterJars(starter).filter((jar) => !jar.includes(fileNameOf(IMAGEJ_1)))],
      pluginsParent: layout.home,
    },
  };
}

async function starterInstallation(
  home: string,
  origin: string,
  java: Java,
  options: FindFijiOptions,
): Promise<FijiInstallation> {
  const jars = starterJars(home);
  return {
    home,
    origin,
    start: {
      kind: 'jars',
      java: java.file,
      javaVersion: java.version,
      jars,
      ...(await fasterStart(home, jars, java, options.env)),
    },
  };
}

/** A launcher uses the Java that came with Fiji, else JAVA_HOME's or PATH's. */
async function launcherHasJava(home: string, options: FindFijiOptions): Promise<void> {
  if ((await stat(join(home, 'java')).catch(() => undefined))?.isDirectory() === true) return;
  try {
    await findJava(options.env);
  } catch (thrown) {
    if (thrown instanceof JavaError)
      throw new JavaError(`${thrown.message} The Fiji at ${home} brings none of its own.`);
    throw thrown;
  }
}

function starterFolder(options: FindFijiOptions): Promise<string> {
  return assembleStarter({
    cacheFolder: options.cacheFolder ?? defaultCacheFolder(options.env),
    env: options.env,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
}

function starterJars(folder: string): string[] {
  return PARTS.map((part) => join(folder, 'jars', fileNameOf(part)));
}
