/** From an address, as SOURCE and DESTINATION give it, to a store. */
import { isAbsolute } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { publicS3Client, s3Client } from '../aws/clients.ts';
import { FolderStore } from './folder-store.ts';
import { type Anonymous, S3Store } from './s3-store.ts';
import { StoreError } from './store-error.ts';
import type { Store } from './store.ts';
import { parseUploadFlags } from './upload-flags.ts';

export interface OpenOptions {
  /** @default a client for AWS_REGION, made when a bucket is opened */
  readonly s3?: S3Client;
  /** UPLOAD_FLAGS. @default '' */
  readonly uploadFlags?: string;
  /**
   * Where there are no credentials, or they may not, read as anybody may: public image collections need none. Called
   * once for each bucket that is read so, with a sentence for the user. @default nothing is read without credentials
   */
  readonly onAnonymous?: (note: string) => void;
}

function anonymous(bucket: string, onAnonymous: (note: string) => void): Anonymous {
  return {
    client: publicS3Client,
    onUse: (why) => {
      onAnonymous(
        why === 'no credentials'
          ? `There are no AWS credentials here: s3://${bucket} is read without, as anybody may read public images.`
          : `The AWS credentials here may not read s3://${bucket}: it is read without, as anybody may read public images.`,
      );
    },
  };
}

/**
 * @param address `s3://bucket` or an absolute folder
 * @throws StoreError for anything else
 */
export function openStore(address: string, options: OpenOptions = {}): Store {
  if (isAbsolute(address)) return new FolderStore(address);

  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(address)?.[1];
  if (bucket === undefined) {
    throw new StoreError(`"${address}" is neither a bucket nor a folder.`, {
      trouble: 'no bucket',
      location: address,
      fix: 'Write s3://BUCKET (the bucket alone, in lower case), or the absolute path of a folder.',
    });
  }
  const { s3 = s3Client(), uploadFlags = '', onAnonymous } = options;
  return new S3Store(
    s3,
    bucket,
    parseUploadFlags(uploadFlags),
    onAnonymous && anonymous(bucket, onAnonymous),
  );
}
