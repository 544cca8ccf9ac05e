import { describe, expect, test } from '@jest/globals';
import { FolderStore } from '../../lib/store/folder-store.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { S3Store } from '../../lib/store/s3-store.ts';
import { parseUploadFlags } from '../../lib/store/upload-flags.ts';

describe('UPLOAD_FLAGS', () => {
  test.each([
    ['', {}],
    ['  ', {}],
    [
      '--acl bucket-owner-full-control --storage-class STANDARD_IA',
      { ACL: 'bucket-owner-full-control', StorageClass: 'STANDARD_IA' },
    ],
    ['--sse --acl=private', { ServerSideEncryption: 'AES256', ACL: 'private' }],
    [
      '--sse aws:kms --sse-kms-key-id arn:aws:kms:x',
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:aws:kms:x' },
    ],
    ['--sse=aws:kms --request-payer', { ServerSideEncryption: 'aws:kms', RequestPayer: 'requester' }],
    [
      `--cache-control "max-age=60, public" --content-type 'a b'`,
      { CacheControl: 'max-age=60, public', ContentType: 'a b' },
    ],
    ['--quiet --only-show-errors', {}],
  ])('%j', (flags, options) => {
    expect(parseUploadFlags(flags)).toEqual(options);
  });

  test.each([
    ['--acll private', '"--acll" is not known here', 'Use only --acl, '],
    ['private', '"private" is not known here', 'Use only'],
    ['--sse=AES256 private', '"private" is not known here', 'Use only'],
    ['--acl', '--acl has no value', 'Give --acl one of private, '],
    ['--acl --sse', '--acl has no value', 'Give --acl one of'],
    ['--storage-class GLACIER', '--storage-class cannot be "GLACIER"', 'STANDARD_IA'],
    ['--content-type=', '--content-type has no value', 'Give --content-type a value.'],
    ['--constructor x', '"--constructor" is not known here', 'Use only'],
  ])('%j is refused', (flags, why, fix) => {
    expect(() => parseUploadFlags(flags)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: `UPLOAD_FLAGS "${flags}": ${why}`,
        fix: expect.stringContaining(fix),
      }),
    );
  });
});

describe('an address', () => {
  test('opens a folder or a bucket', () => {
    expect(openStore('/data/out put')).toBeInstanceOf(FolderStore);
    const bucket = openStore('s3://my.bucket-1/', { uploadFlags: '--sse' });
    expect(bucket).toBeInstanceOf(S3Store);
    expect(bucket.describe('a/b c.csv')).toBe('s3://my.bucket-1/a/b c.csv');
  });

  test.each(['', 'out', './out', 's3://', 's3://Bucket', 's3://bucket/folder', 'https://bucket'])(
    '%j is refused',
    (address) => {
      expect(() => openStore(address)).toThrow(
        expect.objectContaining({
          code: 'STORE_FAILED',
          message: `"${address}" is neither a bucket nor a folder.`,
          fix: expect.stringContaining('s3://BUCKET'),
        }),
      );
    },
  );
});
