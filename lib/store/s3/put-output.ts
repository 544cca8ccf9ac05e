/**
 * Putting an output under a key that another job may want at the same moment. Every put is conditional, so that S3
 * itself decides who was first:
 *
 *   only if nothing is there ──► written
 *        │ something is (412), or somebody is writing it right now (409)
 *        ▼
 *   whose is it? (its metadata) ── another job of this run ──► collision
 *        │ this job's, another run's, or nobody's ── nobody's, and the owner spares those ──► foreign
 *        ▼
 *   only if that very object is still there (ETag) ──► written
 *        │ it changed meanwhile
 *        └──► from the start
 *
 * The owner travels as the metadata `df-run` and `df-job`.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { isMissing } from '../store-error.ts';
import type { Owner, PutResult } from '../store.ts';

/**
 * Bytes from which a file is sent in parts. The SDK can repeat a part, but not a stream that has been read: so what is
 * smaller is sent from memory, what is larger in parts, and either survives a broken connection in flat memory.
 */
export const MULTIPART_BYTES = 32 * 1024 * 1024;

/** Part size: at least this, more where S3's 10,000 parts would not do. Four are in memory at once. */
const PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** How often a key that changes under our hands is tried; each change is another writer's put. */
const TRIES = 10;

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/**
 * @param request bucket, key and options of the put, without body and condition
 * @param signal cuts what is being sent; parts that have arrived are removed before this rejects
 */
export async function putOutput(
  client: S3Client,
  request: PutObjectCommandInput & { Bucket: string; Key: string },
  path: string,
  owner: Owner,
  signal?: AbortSignal,
): Promise<PutResult> {
  const sender = signal === undefined ? client : cuttable(client, signal);
  const owned = { ...request, Metadata: metadataOf(owner) };
  let condition: Condition = { IfNoneMatch: '*' };

  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await send(sender, { ...owned, ...condition }, path);
      return { kind: 'written' };
    } catch (error) {
      if (!isClash(error) || attempt === TRIES) throw error;
    }
    const there = await lookAt(client, request);
    if (there !== undefined && there.run === owner.run && there.job !== owner.job) {
      return { kind: 'collision', owner: there.job };
    }
    if (there !== undefined && there.run === undefined && owner.sparesForeign === true)
      return { kind: 'foreign' };
    condition = there === undefined ? { IfNoneMatch: '*' } : { IfMatch: there.etag };
    if (attempt > 1) await sleep(Math.random() * 50 * 2 ** attempt);
  }
}

async function send(client: S3Client, request: PutObjectCommandInput, path: string): Promise<void> {
  const { size } = await stat(path);
  if (size < MULTIPART_BYTES) {
    await client.send(new PutObjectCommand({ ...request, Body: await readFile(path) }));
    return;
  }
  const partSize = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  const upload = new Upload({
    client,
    params: { ...request, Body: createReadStream(path, { highWaterMark: 1024 * 1024 }), ContentLength: size },
    partSize,
  });
  await upload.done();
}

/**
 * The same client, whose long requests end with the signal: those with a file's content. The short ones around them do
 * not, so that an upload in parts is always either completed or, since one of its parts failed, aborted by its sender.
 */
function cuttable(client: S3Client, signal: AbortSignal): S3Client {
  const send = (command: Parameters<S3Client['send']>[0]) => {
    const isLong = command instanceof UploadPartCommand || command instanceof PutObjectCommand;
    return client.send(command, isLong ? { abortSignal: signal } : {});
  };
  return Object.create(client, { send: { value: send } }) as S3Client;
}

async function lookAt(client: S3Client, { Bucket, Key, RequestPayer }: PutObjectCommandInput) {
  try {
    const { ETag = '', Metadata = {} } = await client.send(
      new HeadObjectCommand({ Bucket, Key, RequestPayer }),
    );
    return { etag: ETag, run: decode(Metadata['df-run']), job: decode(Metadata['df-job']) ?? '' };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** 412: the condition does not hold. 409: another conditional put of this key is under way. 404: gone since we looked. */
function isClash(error: unknown): boolean {
  const { name, $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  return (
    ['PreconditionFailed', 'ConditionalRequestConflict'].includes(name ?? '') ||
    [409, 412].includes($metadata?.httpStatusCode ?? 0) ||
    name === 'NoSuchKey'
  );
}

/** Metadata are headers: ASCII only. */
function metadataOf({ run, job }: Owner): Record<string, string> {
  return { 'df-run': encodeURIComponent(run), 'df-job': encodeURIComponent(job) };
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
