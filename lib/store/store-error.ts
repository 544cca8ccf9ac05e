/** What a store refused or could not do, whichever kind it is. */
import { AwsError, type AwsTrouble, explainAwsError } from '../aws/aws-error.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';

/** What a caller may want to tell apart. */
export type StoreTrouble =
  | 'missing'
  /** There is no such bucket, or no bucket can have that name. */
  | 'no bucket'
  | 'disk full'
  | 'denied'
  | 'bad key'
  /** S3 will never do this: a name it does not take, an option that the bucket does not allow. */
  | 'refused'
  /** A file and a folder cannot have the same name. */
  | 'clash'
  | 'other';

export interface StoreErrorParts {
  readonly trouble?: StoreTrouble;
  /** The object, relative to the store. */
  readonly key?: string;
  /** What a person can open: `s3://bucket/key`, or an absolute path. */
  readonly location: string;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

export class StoreError extends DistributedFijiError {
  readonly trouble: StoreTrouble;
  readonly key: string | undefined;
  readonly location: string;

  constructor(message: string, parts: StoreErrorParts) {
    super(message, {
      code: 'STORE_FAILED',
      fault:
        parts.trouble === 'disk full'
          ? 'environment'
          : parts.cause instanceof AwsError
            ? parts.cause.fault
            : 'user',
      cause: parts.cause,
      ...(parts.fix !== undefined && { fix: parts.fix }),
    });
    this.trouble = parts.trouble ?? 'other';
    this.key = parts.key;
    this.location = parts.location;
  }
}

/** Where it happened. `doing` reads before the location: "reading", "writing". */
export interface Where {
  readonly doing: string;
  readonly key: string;
  readonly location: string;
}

/** An error of the file system, in words. */
export function folderError(thrown: unknown, where: Where): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const [trouble, why, fix] = readFileSystem(thrown, where);
  return new StoreError(`${where.doing} ${where.location} failed: ${why}`, {
    ...where,
    trouble,
    fix,
    cause: thrown,
  });
}

function readFileSystem(thrown: unknown, { location }: Where): [StoreTrouble, string, string] {
  const { code, path = location } = (thrown ?? {}) as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['disk full', 'the disk is full', 'Make room on that disk, or choose a folder on another one.'];
    case 'EACCES':
    case 'EPERM':
      return ['denied', 'permission denied', 'Choose a folder that you may use, or change its permissions.'];
    case 'EROFS':
      return ['denied', 'that disk is read-only', 'Choose a folder on a disk that can be written.'];
    case 'ENOENT':
      // It may be the file to be put that is gone.
      return [
        'missing',
        `${path === location ? 'it' : path} does not exist`,
        'Check the name; capitals count.',
      ];
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return ['clash', 'a file and a folder have the same name there', 'Remove or rename one of the two.'];
    case 'ENAMETOOLONG':
      return [
        'bad key',
        'the name is too long for this disk',
        'Use a shorter output_file_location or file name.',
      ];
    case 'ELOOP':
    case 'ERR_INVALID_ARG_VALUE':
      return ['bad key', 'no file can have that name', 'Correct the name.'];
    case 'ENOTCONN':
    case 'EIO':
      return ['other', messageOf(thrown), 'The disk or its connection fails: check it, then repeat.'];
    default:
      return ['other', messageOf(thrown), 'Check that the folder can be used, then repeat.'];
  }
}

/** An error of S3, in words. */
export function bucketError(thrown: unknown, where: Where): StoreError {
  if (thrown instanceof StoreError) return thrown;
  if (isMissing(thrown)) {
    return new StoreError(`${where.doing} ${where.location} failed: it does not exist`, {
      ...where,
      trouble: 'missing',
      fix: 'Check bucket and key; capitals count.',
      cause: thrown,
    });
  }
  // Uploads read a file: its troubles are this machine's, not AWS's.
  if (typeof (thrown as NodeJS.ErrnoException | undefined)?.syscall === 'string' && isFileTrouble(thrown)) {
    return folderError(thrown, where);
  }
  const explained = explainAwsError(thrown, `${where.doing} ${where.location} failed`);
  return new StoreError(explained.message, {
    ...where,
    trouble:
      TROUBLE[explained.trouble] ??
      (explained.trouble === 'other' && isRefusal(thrown) ? 'refused' : 'other'),
    fix: explained.fix,
    cause: explained,
  });
}

const TROUBLE: Partial<Record<AwsTrouble, StoreTrouble>> = {
  'access denied': 'denied',
  'bucket missing': 'no bucket',
};

/** NoSuchKey, or a HEAD that found nothing: it has no body, so that only the status tells. A bucket missing is another matter. */
export function isMissing(thrown: unknown): boolean {
  const { name, $metadata } = (thrown ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404);
}

/** The SDK looked everywhere and found nothing to sign with. */
export function hasNoCredentials(thrown: unknown): boolean {
  return explainAwsError(thrown, '').trouble === 'credentials missing';
}

export function isDenied(thrown: unknown): boolean {
  return explainAwsError(thrown, '').trouble === 'access denied';
}

/** S3 says no to this very request and will say it again; what it says when it is busy, or slow, is none of these. */
function isRefusal(thrown: unknown): boolean {
  const { name = '', $metadata } = (thrown ?? {}) as {
    name?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    status >= 400 && status < 500 && ![401, 408, 429].includes(status) && !/Time|SlowDown|Throttl/.test(name)
  );
}

function isFileTrouble(thrown: unknown): boolean {
  return /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOENT|EISDIR|ENOTDIR|EIO|ENAMETOOLONG)$/.test(
    (thrown as NodeJS.ErrnoException).code ?? '',
  );
}
