/**
 * The S3 object that the monitor remembers by. It is written only if nobody wrote it since it was read, so that of two
 * monitors that look at the same time one acts and the other does nothing.
 *
 * Its metadata tell the workers which deployment is in force. It is written before anything is done, so no worker of a
 * new deployment ever meets the word of the old one.
 */
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { DistributedFijiError, messageOf } from '../errors.ts';
import { DEPLOYMENT_METADATA } from '../worker/settings.ts';
import type { Aws } from './aws.ts';
import { z } from 'zod';
import { BLANK, memory, type Memory } from './memory.ts';
import { bucketAndKey, deploymentOf, type MonitorSettings } from './settings.ts';

/** With the Auto Scaling group whose machines it is about: AWS gives each stack's group another name. */
const stored = memory.extend({ group: z.string().optional() });

/** Memory as it was read: `version` is undefined when there was none. */
export interface Recalled {
  readonly memory: Memory;
  readonly version: string | undefined;
}

export class MemoryUnreadableError extends DistributedFijiError {
  constructor(where: string, why: string) {
    super(`What the monitor remembers cannot be read: ${where}: ${why}`, {
      code: 'MONITOR_FAILED',
      fault: 'environment',
      fix: `Delete ${where}: the monitor then begins anew. Jobs and machines are not touched by that.`,
    });
  }
}

export async function recall(aws: Aws, settings: MonitorSettings): Promise<Recalled> {
  const { s3 } = aws;
  const { bucket, key } = bucketAndKey(settings.MONITOR_MEMORY);
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const text = (await Body?.transformToString()) ?? '';
    return { memory: parse(text, settings), version: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey || (await isHidden(aws, bucket, key, error))) {
      return { memory: BLANK, version: undefined };
    }
    throw error;
  }
}

/** S3 answers 'forbidden' for what is not there to whoever may list only a part of the bucket, as the Lambda may. */
async function isHidden({ s3 }: Aws, bucket: string, key: string, error: unknown): Promise<boolean> {
  if (statusOf(error) !== 403) return false;
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
  return KeyCount === 0;
}

function parse(text: string, { MONITOR_MEMORY, AUTO_SCALING_GROUP }: MonitorSettings): Memory {
  try {
    const { group = AUTO_SCALING_GROUP, ...known } = stored.parse(JSON.parse(text));
    return group === AUTO_SCALING_GROUP ? known : ofRemovedStack(known);
  } catch (error) {
    throw new MemoryUnreadableError(MONITOR_MEMORY, messageOf(error));
  }
}

/** Its machines and its run are gone, however they ended; how long jobs and starts take, and the prices, still hold. */
function ofRemovedStack({ attemptSeconds, startSeconds, prices }: Memory): Memory {
  return { ...BLANK, attemptSeconds, startSeconds, prices };
}

/** @returns the new version; undefined when somebody else wrote since `version` was read */
export async function commit(
  { s3 }: Aws,
  settings: MonitorSettings,
  content: Memory,
  version: string | undefined,
): Promise<string | undefined> {
  const { bucket, key } = bucketAndKey(settings.MONITOR_MEMORY);
  const written: z.infer<typeof stored> = { ...content, group: settings.AUTO_SCALING_GROUP };
  try {
    const { ETag } = await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: JSON.stringify(written),
        ContentType: 'application/json',
        Metadata: { [DEPLOYMENT_METADATA]: deploymentOf(settings) },
        ...(version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version }),
      }),
    );
    return ETag;
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}

/** 412: written since. 409: being written at this moment. 404: deleted since. */
function isTaken(error: unknown): boolean {
  return [412, 409, 404].includes(statusOf(error) ?? 0);
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
