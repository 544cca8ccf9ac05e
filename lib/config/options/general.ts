/** What the run is called, which image and script it runs, and whose account it uses. */
import { z } from 'zod';
import { isRegionName } from '../regions.ts';
import { bucketName, flag, isBucketName, optionalText, text, choice } from '../values.ts';

/**
 * Stack names take no underscore, so one becomes two hyphens there (derive.ts): two of them in a name would make
 * two runs share a stack. 50 leaves room for the endings of the names derived from it (a Lambda function takes 64).
 */
const isAppName = (value: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_-]{0,49}$/.test(value) && !value.includes('--');

/** What the worker can fetch: an address without TLS only on this machine, an S3 address only with its key. */
function isScriptAddress(value: string): boolean {
  const [, scheme, rest = ''] = /^(\w{2,}):\/*(.*)$/.exec(value) ?? [];
  if (scheme === undefined) return true;
  if (scheme === 'http') return /^(127\.0\.0\.1|localhost)[:/]/.test(rest);
  if (scheme === 's3') return /^[^/]+\/[^/]/.test(rest);
  return (scheme === 'https' || scheme === 'file') && rest !== '';
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const general = {
  /**
   * Name of your run: every name made for it in AWS begins with it, and records are kept under it.
   * Two configs with different names live side by side in one account.
   * 1-50 letters, digits, hyphens and underscores, beginning with a letter, no `--`.
   * @default 'DistributedFiji'
   */
  APP_NAME: text(
    'a name of 1-50 letters, digits, hyphens and underscores that begins with a letter and has no --',
    isAppName,
  ).default('DistributedFiji'),

  /**
   * Docker image that runs your jobs: any image with Fiji or ImageJ in it, from Docker Hub, ECR or another registry,
   * as `name:tag` or `name@sha256:...`. Nothing has to be built.
   * @default 'cellprofiler/distributed-fiji:latest'
   */
  DOCKERHUB_TAG: text(
    'an image as name:tag or name@sha256:..., in lower case, without https://',
    /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/,
  ).default('cellprofiler/distributed-fiji:latest'),

  /**
   * Name or ARN of a Secrets Manager secret (`{"username": ..., "password": ...}`) with which machines log in to a
   * private registry, or to Docker Hub for more pulls. ECR needs none.
   * @default none
   */
  DOCKER_CREDENTIALS_SECRET: optionalText(
    "the name or ARN of a Secrets Manager secret, such as 'dockerhub-login'",
    /^[\w/+=.@:-]{1,512}$/,
  ),

  /**
   * The script (or macro) that Fiji runs on each group: `https://...`, `s3://bucket/key` or a file's path: on
   * this machine relative to the folder you are in, in AWS an absolute one inside the image.
   * Empty: `npm run local` needs `--fiji-script`.
   * @default ''
   */
  SCRIPT_DOWNLOAD_URL: text(
    "an https:// or s3:// address or a file's path",
    (value) => value === '' || isScriptAddress(value),
  ).default(''),

  /**
   * AWS region where everything runs; best the bucket's own, or data crosses regions and costs money.
   * @default 'us-east-1'
   */
  AWS_REGION: text("a region's code, such as us-east-1 or eu-central-1", isRegionName).default('us-east-1'),

  /**
   * Profile of your AWS CLI installation whose credentials `enqueue`, `deploy` and the like use on this computer.
   * Never sent anywhere: machines have roles of their own.
   * @default none: the AWS SDK's usual search (environment, default profile, single sign-on)
   */
  AWS_PROFILE: optionalText("a profile's name, as in ~/.aws/config", /^[^\s[\]]{1,128}$/),

  /**
   * Your S3 bucket. Images are read from it and results written to it, unless SOURCE_BUCKET or DESTINATION_BUCKET
   * say otherwise.
   * @default 'your-bucket-name', which deploying refuses
   */
  AWS_BUCKET: text(bucketName, isBucketName).default('your-bucket-name'),

  /**
   * Bucket that images are read from; may be someone else's, or public.
   * @default AWS_BUCKET
   */
  SOURCE_BUCKET: optionalText(bucketName, isBucketName),

  /**
   * Bucket that results, records and logs are written to.
   * @default AWS_BUCKET
   */
  DESTINATION_BUCKET: optionalText(bucketName, isBucketName),

  /**
   * How results are uploaded, in the words of `aws s3 cp`, for example
   * `--acl bucket-owner-full-control --storage-class STANDARD_IA`.
   * @default ''
   */
  UPLOAD_FLAGS: text(
    "flags of `aws s3 cp`, such as '--acl bucket-owner-full-control'",
    /^\s*($|--[a-z])/,
  ).default(''),

  /**
   * Name of an EC2 key pair for SSH to the machines, with or without `.pem`. Needs SSH_CIDR.
   * Without it there is still a shell: Session Manager in the AWS console.
   * @default none
   */
  SSH_KEY_NAME: optionalText("the name of an EC2 key pair, such as 'my-key'", /^\S.{0,254}$/).transform(
    (name) => name?.replace(/\.pem$/, ''),
  ),

  /**
   * Addresses that may reach the machines by SSH, such as `203.0.113.7/32` for one computer. Never everybody.
   * Needs SSH_KEY_NAME.
   * @default none: no port is open
   */
  SSH_CIDR: optionalText(
    "a range of IPv4 addresses, such as '203.0.113.7/32', of /8 or narrower",
    (value) => z.cidrv4().safeParse(value).success && Number(value.split('/')[1]) >= 8,
  ),

  /**
   * Id of a network of yours (`vpc-...`) to use instead of a new one.
   * @default none: a new network with public subnets, without NAT gateway
   */
  VPC_ID: optionalText("the id of a VPC, such as 'vpc-0123456789abcdef0'", /^vpc-[0-9a-f]{8,17}$/),

  /**
   * Whether machines get public addresses. Without one they need a way out of VPC_ID's network
   * (NAT gateway or endpoints).
   * @default true
   */
  ASSIGN_IP: flag().default(true),

  /**
   * Mail address that hears when a run is done or stuck. Amazon first asks its reader to confirm.
   * @default none
   */
  NOTIFY_EMAIL: optionalText(
    "a mail address, such as 'you@example.org'",
    (value) => z.email().safeParse(value).success,
  ),

  /**
   * Days that logs stay in CloudWatch while the stack exists: one of the numbers that CloudWatch knows
   * (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653).
   * @default 60
   */
  LOG_RETENTION_DAYS: choice('days', RETENTION_DAYS).default(60),
};
