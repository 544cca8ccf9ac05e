/**
 * DOWNLOAD_FILES: what the job's parameters name is listed, measured against the disk, and only then fetched into the
 * job's scratch, several files at a time. Stores check each file's size as it arrives.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Scalar } from '../jobs/message.ts';
import { folderError, StoreError } from '../store/store-error.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { sha256 } from './checksum.ts';
import { inputPattern } from './input-patterns.ts';
import type { InputFile, InputsContext, InputsOutcome, InputsStep, NamedInput } from './inputs-step.ts';
import { asGiven, storeOf } from './inputs-step.ts';
import { inLanes } from './lanes.ts';

/** Enough to fill a fast line with small images; each holds little memory. */
const AT_ONCE = 8;
/** A folder of more files than this is one line in the record: its key and its bytes. */
const FILES_IN_RECORD = 1000;

interface Planned {
  readonly store: Store;
  readonly object: StoredObject;
  /** Absolute. */
  readonly path: string;
}

export async function fetchInputs(
  inputs: readonly NamedInput[],
  step: InputsStep,
  context: InputsContext,
): Promise<InputsOutcome> {
  const planned = new Map<string, Planned>(); // by path: two parameters may name the same file
  const parameters: Record<string, Scalar> = {};

  for (const input of inputs) {
    const { name, value, reference } = input;
    const home = join(step.folder, reference.bucket ?? 'source');
    const found = await lookFor(input, step, context);
    if (typeof found === 'string') return { kind: 'input missing', reason: found };
    const { store, objects } = found;

    for (const object of objects) {
      const path = join(home, object.key);
      if (relative(home, path).split(sep)[0] === '..') {
        return {
          kind: 'input missing',
          reason: `${name}: ${object.key} leaves its folder: rename it in ${String(value)}`,
        };
      }
      planned.set(path, { store, object, path });
    }
    parameters[name] = asGiven(join(home, reference.key), reference);
  }

  const plan = [...planned.values()];
  const bytes = plan.reduce((sum, { object }) => sum + object.bytes, 0);
  const room = await step.room();
  if (bytes > room) return { kind: 'disk full', reason: tooLarge(plan.length, bytes, room) };

  return { kind: 'ready', parameters, files: forRecord(await fetchAll(plan, step.signal)) };
}

/** @returns the reason where there is nothing, a bucket that only this parameter names included */
async function lookFor(
  input: NamedInput,
  { patterns }: InputsStep,
  context: InputsContext,
): Promise<string | { readonly store: Store; readonly objects: readonly StoredObject[] }> {
  const { name, value, reference } = input;
  try {
    const store = storeOf(reference, context);
    const objects = await objectsOf(input, store, patterns);
    return objects.length === 0 ? missing(input, store, patterns) : { store, objects };
  } catch (error) {
    const own =
      reference.bucket !== undefined && error instanceof StoreError && error.trouble === 'no bucket';
    if (!own) throw error;
    return `${name}: there is no bucket "${String(reference.bucket)}", which ${String(value)} names`;
  }
}

/** One object, or what a folder holds; `[]` when there is neither. */
async function objectsOf(
  { reference }: NamedInput,
  store: Store,
  patterns: InputsStep['patterns'],
): Promise<StoredObject[]> {
  const object = reference.folder || reference.key === '' ? undefined : await store.head(reference.key);
  if (object !== undefined) return [object];

  const folder = reference.key === '' ? '' : `${reference.key}/`;
  // Patterns are relative to the source: they say nothing about another bucket.
  const wanted = reference.bucket === undefined ? patterns : undefined;
  const found = new Map<string, StoredObject>();
  for (const pattern of wanted?.map(inputPattern) ?? [undefined]) {
    for await (const candidate of store.list(narrower(folder, pattern?.prefix))) {
      // A key that ends in `/` is the marker that consoles make for an empty folder.
      const isFile = candidate.key.startsWith(folder) && !candidate.key.endsWith('/');
      if (isFile && (pattern?.matches(candidate.key) ?? true)) found.set(candidate.key, candidate);
    }
  }
  return [...found.values()];
}

/** Of the folder and the pattern's beginning: a folder may hold a million images. */
function narrower(folder: string, prefix = ''): string {
  return prefix.startsWith(folder) ? prefix : folder;
}

function missing(
  { name, value, reference }: NamedInput,
  store: Store,
  patterns: InputsStep['patterns'],
): string {
  const looked = `${name}: there is no ${String(value)} (looked for ${store.describe(reference.key)}`;
  return patterns === undefined || reference.bucket !== undefined
    ? `${looked})`
    : `${looked}, and below it for ${patterns.join(', ')})`;
}

function tooLarge(files: number, bytes: number, room: number): string {
  return (
    `the inputs are ${size(bytes)} in ${files} ${files === 1 ? 'file' : 'files'}, and ${size(room)} of disk are free for them; nothing was fetched. ` +
    'Name only what a job needs with "inputs" in the job file, e.g. ["projects/input/{Plate}_{Well}*.TIF"], ' +
    'or raise EBS_VOL_SIZE, or set DOWNLOAD_FILES: false to read through the mount'
  );
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

async function fetchAll(plan: readonly Planned[], signal: AbortSignal | undefined): Promise<InputFile[]> {
  const files: InputFile[] = [];

  await inLanes(plan, AT_ONCE, async ({ store, object, path }) => {
    signal?.throwIfAborted();
    await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
      throw folderError(error, { doing: 'Writing', key: object.key, location: path });
    });
    const bytes = await store.download(object.key, path, signal);
    files.push({ key: object.key, bytes, sha256: await sha256(path) });
  });
  return files.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function forRecord(files: InputFile[]): InputFile[] {
  if (files.length <= FILES_IN_RECORD) return files;
  const bytes = new Map<string, number>();
  for (const file of files) {
    const folder = `${dirname(file.key)}/`;
    bytes.set(folder, (bytes.get(folder) ?? 0) + file.bytes);
  }
  return [...bytes].map(([key, sum]) => ({ key, bytes: sum }));
}
