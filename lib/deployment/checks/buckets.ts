/** The buckets that the config names: there, and in the region of the run. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Config } from '../../config/index.ts';
import type { Finding } from '../finding.ts';
import type { Asked, Check } from './check.ts';

export function buckets({ config, aws }: Asked): Check[] {
  return [...named(config)].map(([bucket, option]) => ({
    doing: `Looking at the bucket ${bucket}`,
    look: async () => judge(bucket, option, config, await seeBucket(aws.s3, bucket)),
  }));
}

/** Each bucket once, with the option to mend. */
function named(config: Config): ReadonlyMap<string, string> {
  const [, script] = /^s3:\/\/([^/]+)\//.exec(config.SCRIPT_DOWNLOAD_URL) ?? [];
  return new Map([
    ...(script === undefined ? [] : [[script, 'SCRIPT_DOWNLOAD_URL'] as const]),
    [config.SOURCE_BUCKET, 'SOURCE_BUCKET'],
    [config.DESTINATION_BUCKET, 'DESTINATION_BUCKET'],
    ...[config.SOURCE_BUCKET, config.DESTINATION_BUCKET]
      .filter((bucket) => bucket === config.AWS_BUCKET)
      .map((bucket) => [bucket, 'AWS_BUCKET'] as const),
  ]);
}

export interface SeenBucket {
  /** `closed`: it is there, and these credentials may not look into it. */
  readonly state: 'there' | 'closed' | 'missing';
  readonly region: string | undefined;
}

/**
 * Needs no permission: S3 tells anybody whether a bucket exists, and where.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export async function seeBucket(s3: S3Client, bucket: string): Promise<SeenBucket> {
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return { state: 'there', region: BucketRegion };
  } catch (error) {
    const { $metadata, $response } = error as {
      readonly $metadata?: { readonly httpStatusCode?: number };
      readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
    };
    const region = $response?.headers?.['x-amz-bucket-region'];
    switch ($metadata?.httpStatusCode) {
      case 404:
        return { state: 'missing', region };
      case 403:
        return { state: 'closed', region };
      case 301:
        return { state: 'there', region };
      default:
        throw error;
    }
  }
}

function judge(bucket: string, option: string, config: Config, seen: SeenBucket): Finding[] {
  if (seen.state === 'missing') {
    return [
      {
        kind: 'problem',
        message: `There is no bucket called ${bucket} (${option}).`,
        fix: `Write the bucket's own name in config.ts (aws s3 ls lists yours), or make it: aws s3 mb s3://${bucket} --region ${config.AWS_REGION}`,
      },
    ];
  }
  return [...elsewhere(bucket, option, config, seen.region), ...closed(bucket, option, seen)];
}

function elsewhere(bucket: string, option: string, config: Config, region: string | undefined): Finding[] {
  if (region === undefined || region === config.AWS_REGION || option === 'SCRIPT_DOWNLOAD_URL') return [];
  const message = `The bucket ${bucket} (${option}) is in ${region}, and AWS_REGION is '${config.AWS_REGION}': all that goes between them crosses regions, which is slower, and AWS charges each GB.`;
  // Images of somebody else are where they are.
  if (option === 'SOURCE_BUCKET') return [{ kind: 'note', message }];
  return [
    {
      kind: 'risk',
      message,
      fix: `Write AWS_REGION: '${region}' in config.ts (then npx cdk bootstrap, if that region is new to you); --force if it is meant.`,
    },
  ];
}

function closed(bucket: string, option: string, { state }: SeenBucket): Finding[] {
  if (state !== 'closed') return [];
  return [
    {
      kind: 'note',
      message: `The bucket ${bucket} (${option}) is there, but your credentials may not look into it. Is it yours? The machines have a role of their own, which a bucket of another account has to let in.`,
    },
  ];
}
