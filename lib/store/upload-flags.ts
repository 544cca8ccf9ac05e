/**
 * UPLOAD_FLAGS: options for every object that is put, in the words of `aws s3 cp`, as the ancestor took them.
 * Example: `--acl bucket-owner-full-control --storage-class STANDARD_IA`.
 */
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { DistributedFijiError } from '../errors.ts';

/** The part of a put request that the flags may set. */
export type PutOptions = Partial<
  Pick<
    PutObjectCommandInput,
    | 'ACL'
    | 'CacheControl'
    | 'ContentDisposition'
    | 'ContentEncoding'
    | 'ContentLanguage'
    | 'ContentType'
    | 'RequestPayer'
    | 'ServerSideEncryption'
    | 'SSEKMSKeyId'
    | 'StorageClass'
  >
>;

export class UploadFlagsError extends DistributedFijiError {
  constructor(flags: string, why: string, fix: string) {
    super(`UPLOAD_FLAGS "${flags}": ${why}`, { code: 'CONFIG_INVALID', fix });
  }
}

const ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
];

/** Those from which an object can be read at once: results in an archive class could not be looked at. */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
];

interface Flag {
  readonly option: keyof PutOptions;
  /** The values it takes; any text when absent. */
  readonly values?: readonly string[];
  /** What it means alone, where it may stand alone. */
  readonly alone?: string;
}

const FLAGS: Readonly<Record<string, Flag>> = {
  '--acl': { option: 'ACL', values: ACLS },
  '--storage-class': { option: 'StorageClass', values: STORAGE_CLASSES },
  '--sse': { option: 'ServerSideEncryption', values: ['AES256', 'aws:kms', 'aws:kms:dsse'], alone: 'AES256' },
  '--sse-kms-key-id': { option: 'SSEKMSKeyId' },
  '--request-payer': { option: 'RequestPayer', values: ['requester'], alone: 'requester' },
  '--content-type': { option: 'ContentType' },
  '--content-encoding': { option: 'ContentEncoding' },
  '--content-disposition': { option: 'ContentDisposition' },
  '--content-language': { option: 'ContentLanguage' },
  '--cache-control': { option: 'CacheControl' },
};

/** Flags of `aws s3 cp` about what it prints or which files it takes: they have nothing to say here. */
const SILENT = new Set(['--quiet', '--no-progress', '--only-show-errors', '--recursive']);

/**
 * @param flags UPLOAD_FLAGS as written in the config; '' is no flag
 * @throws UploadFlagsError for a flag or value that is not known, so that a bad config is refused before anything runs
 */
export function parseUploadFlags(flags: string): PutOptions {
  const words = split(flags);
  const options: Record<string, string> = {};

  while (words.length > 0) {
    const [name = '', given] = cut(words.shift() as string);
    if (SILENT.has(name)) continue;

    const flag = FLAGS[name];
    if (flag === undefined) {
      throw new UploadFlagsError(
        flags,
        `"${name}" is not known here`,
        `Use only ${Object.keys(FLAGS).join(', ')}.`,
      );
    }
    const hasNext = given === undefined && words[0] !== undefined && !words[0].startsWith('--');
    options[flag.option] = valueOf(flags, name, flag, hasNext ? words.shift() : given);
  }
  return options as PutOptions;
}

function valueOf(flags: string, name: string, flag: Flag, given: string | undefined): string {
  const value = given ?? flag.alone;
  const choice = flag.values === undefined ? 'a value' : `one of ${flag.values.join(', ')}`;

  if (value === undefined || value === '') {
    throw new UploadFlagsError(flags, `${name} has no value`, `Give ${name} ${choice}.`);
  }
  if (flag.values !== undefined && !flag.values.includes(value)) {
    throw new UploadFlagsError(flags, `${name} cannot be "${value}"`, `Give ${name} ${choice}.`);
  }
  return value;
}

function cut(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

/** Words as a shell splits them, with 'single' and "double" quotes; nothing is expanded. */
function split(flags: string): string[] {
  return [...flags.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}
