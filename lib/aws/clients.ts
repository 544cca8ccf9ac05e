/**
 * The one place that makes clients of SQS and S3, so that region, profile, endpoint and retries are the same in every
 * command and in every worker.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

export interface ClientOptions {
  /** @default AWS_REGION, AWS_DEFAULT_REGION, then the profile's own region */
  readonly region?: string | undefined;
  /**
   * Name of a profile in ~/.aws. `default` says nothing more than leaving it out does, and is treated so: naming a
   * profile makes the SDK ignore keys in the environment.
   */
  readonly profile?: string | undefined;
  /** Another server than AWS: an emulator, the embedded queue. @default AWS_ENDPOINT_URL */
  readonly endpoint?: string | undefined;
  /** Only for servers that do not check them; otherwise the SDK's own chain finds credentials. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/**
 * Attempts at one request, the first included. S3 answers SlowDown for minutes while it splits a busy prefix:
 * adaptive mode then slows this client down, and 10 attempts with growing pauses outlast it.
 */
const ATTEMPTS = 10;

/** Sockets to one host: bulk sending and parallel downloads keep a hundred requests under way. */
const SOCKETS = 128;

const CONNECT_MS = 10_000;

/** A connection that says nothing for so long is dead. Longer than the longest poll (20 s). */
const SILENT_MS = 60_000;

/** For servers that do not check them: the SDK refuses to sign a request with nothing. */
export const NO_CREDENTIALS = { accessKeyId: 'none', secretAccessKey: 'none' } as const;

/** @param options see {@link ClientOptions}; all may be left out */
export function sqsClient(options: ClientOptions = {}): SQSClient {
  return new SQSClient({
    // A queue on this machine (`npm run local`) checks no credentials, and its user may have none. Only SQS: the same
    // worker reads `s3://` with the user's own.
    ...common(
      isLoopback(process.env.AWS_ENDPOINT_URL_SQS) ? { credentials: NO_CREDENTIALS, ...options } : options,
    ),
    // The queue's address in a message names the host that made the queue; the endpoint of this client is the truth.
    useQueueUrlAsEndpoint: false,
  });
}

/** @param options see {@link ClientOptions}; all may be left out */
export function s3Client(options: ClientOptions = {}): S3Client {
  return new S3Client(s3Options(options));
}

function s3Options(options: ClientOptions) {
  return {
    ...common(options),
    // Emulators have no DNS name for each bucket.
    forcePathStyle: customEndpoint(options, 'S3') !== undefined,
    // Images are often in a bucket of another region than the machines: S3 says where, and the client goes there.
    followRegionRedirects: true,
  };
}

/** For buckets that anybody may read: its requests carry no signature (`aws s3 --no-sign-request`). */
export function publicS3Client(options: Omit<ClientOptions, 'profile' | 'credentials'> = {}): S3Client {
  return new S3Client({
    ...s3Options({ ...options, credentials: NO_CREDENTIALS }),
    signer: { sign: async (request) => request },
  });
}

/** What every client is made with. */
export function common(options: ClientOptions) {
  const region = options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const profile = options.profile === 'default' ? undefined : options.profile;
  const agent = { keepAlive: true, maxSockets: SOCKETS };

  return {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(options.credentials && { credentials: options.credentials }),
    retryMode: 'adaptive',
    maxAttempts: ATTEMPTS,
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
    },
  };
}

/** The SDK reads these variables itself; here they only tell AWS from an emulator. */
function customEndpoint(options: ClientOptions, service: 'S3' | 'SQS'): string | undefined {
  return (
    options.endpoint ||
    process.env[`AWS_ENDPOINT_URL_${service}`] ||
    process.env.AWS_ENDPOINT_URL ||
    undefined
  );
}

function isLoopback(endpoint: string | undefined): boolean {
  return endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).hostname === '127.0.0.1';
}
