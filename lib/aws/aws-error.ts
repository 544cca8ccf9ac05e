/** What AWS said, in the words of someone who does not know AWS. */
import { DistributedFijiError, messageOf, type Fault } from '../errors.ts';

export type AwsTrouble =
  | 'credentials expired'
  | 'credentials missing'
  | 'code of MFA needed'
  | 'credentials refused'
  | 'region missing'
  | 'region wrong'
  | 'clock wrong'
  | 'access denied'
  | 'bucket missing'
  | 'queue missing'
  | 'queue deleted recently'
  | 'too busy'
  | 'unreachable'
  | 'other';

export class AwsError extends DistributedFijiError {
  readonly trouble: AwsTrouble;

  /** @param more AWS's own words, where they say more */
  constructor(doing: string, reading: Reading, more: string | undefined, cause: unknown) {
    super(`${doing}: ${reading.why}${more === undefined ? '' : ` (${more.replace(/\.$/, '')})`}`, {
      code: 'AWS_FAILED',
      fault: reading.fault ?? 'user',
      fix: reading.fix,
      cause,
    });
    this.trouble = reading.trouble;
  }
}

interface Reading {
  readonly trouble: AwsTrouble;
  readonly why: string;
  readonly fix: string;
  readonly fault?: Fault;
  /** What of AWS's own words says more than `why`, such as a profile's name: told with it. */
  readonly more?: RegExp;
}

/** What an SDK error carries; HEAD requests answer without a body, so that only the status is left of them. */
interface Seen {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
}

/**
 * @param thrown whatever a client of the AWS SDK threw
 * @param doing what was being done, with its object: "Sending jobs to the queue PlateQueue"
 * @returns an error to throw; one that is an AwsError already comes back as it is
 */
export function explainAwsError(thrown: unknown, doing: string): AwsError {
  if (thrown instanceof AwsError) return thrown;

  const seen = look(thrown);
  const reading = READINGS.find(({ when }) => when(seen));
  return new AwsError(doing, reading ?? unknown(seen), reading?.more?.exec(seen.message)?.[0], thrown);
}

function look(thrown: unknown): Seen {
  const raw = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const status = (raw.$metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode;
  return {
    // SQS's older name of an error is more telling than the class's: AWS.SimpleQueueService.QueueDeletedRecently.
    name: `${String(raw.name ?? '')} ${String(raw.Code ?? '')} ${String(raw.Error ?? '')}`,
    message: messageOf(thrown),
    code: String(raw.code ?? (raw.cause as { code?: unknown } | undefined)?.code ?? ''),
    status,
  };
}

/** The most specific first. */
const READINGS: readonly (Reading & { readonly when: (seen: Seen) => boolean })[] = [
  {
    trouble: 'code of MFA needed',
    when: ({ message }) => /multi-factor/i.test(message),
    why: 'the AWS profile wants a code (MFA), which cannot be typed here',
    more: /^.+/,
    fix: 'Get a session first (aws sso login, or aws sts get-session-token with your code). Then repeat the command with AWS_PROFILE in config.ts set to the profile of that session; or without it there, and with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the session set.',
  },
  {
    trouble: 'credentials expired',
    when: ({ name, message }) =>
      /ExpiredToken|TokenRefreshRequired|RequestExpired/.test(name) ||
      /(token|session|credentials?)\b.*\bexpired|sso login/i.test(message),
    why: 'the AWS credentials have expired',
    fix: 'Log in again (aws sso login, or however you got them), then repeat the command.',
  },
  {
    trouble: 'credentials missing',
    when: ({ name, message }) =>
      /CredentialsProviderError/.test(name) ||
      /could not load credentials|could not resolve credentials/i.test(message),
    why: 'there are no AWS credentials here',
    more: /^(?!could not load credentials from any providers).+/i,
    fix: 'Run "aws configure", or set AWS_PROFILE in config.ts to a profile of ~/.aws/config.',
  },
  {
    trouble: 'credentials refused',
    when: ({ name, message }) =>
      /InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch/.test(name) ||
      (/InvalidSignatureException/.test(name) && !/expired|not yet current/i.test(message)),
    why: 'AWS does not know these credentials',
    fix: 'Check the access key and its secret (aws sts get-caller-identity must answer).',
  },
  {
    trouble: 'clock wrong',
    when: ({ name, message }) =>
      /RequestTimeTooSkewed/.test(name) ||
      (/InvalidSignatureException/.test(name) && /expired|not yet current/i.test(message)),
    why: 'the clock of this machine is wrong',
    fix: 'Set the clock (let it follow a time server), then repeat the command.',
    fault: 'environment',
  },
  {
    trouble: 'region missing',
    when: ({ message }) => /region is missing/i.test(message),
    why: 'no AWS region is set',
    fix: 'Set AWS_REGION in config.ts, for example to us-east-1.',
  },
  {
    trouble: 'region wrong',
    when: ({ name, status }) => status === 301 || /PermanentRedirect|AuthorizationHeaderMalformed/.test(name),
    why: 'the bucket is in another region than the one asked',
    fix: 'Set AWS_REGION in config.ts to the bucket’s region (aws s3api get-bucket-location --bucket NAME).',
  },
  {
    trouble: 'bucket missing',
    when: ({ name }) => /NoSuchBucket/.test(name),
    why: 'there is no bucket of this name',
    fix: 'Check the bucket names in config.ts (AWS_BUCKET, SOURCE_BUCKET, DESTINATION_BUCKET).',
  },
  {
    trouble: 'queue deleted recently',
    when: ({ name }) => /QueueDeletedRecently/.test(name),
    why: 'a queue of this name was deleted less than 60 seconds ago, and AWS keeps the name back for so long',
    fix: 'Wait a minute, then repeat the command.',
    fault: 'environment',
  },
  {
    trouble: 'queue missing',
    when: ({ name }) => /QueueDoesNotExist|NonExistentQueue/.test(name),
    why: 'there is no queue of this name in this region and account',
    fix: 'Deploy first (npm run deploy), or check SQS_QUEUE_NAME, AWS_REGION and AWS_PROFILE in config.ts.',
  },
  {
    trouble: 'access denied',
    when: ({ name, status }) => /AccessDenied|Forbidden|AuthorizationError/.test(name) || status === 403,
    why: 'AWS does not allow it to these credentials',
    // Who may not do what. EC2 adds a text that only its administrator can decode.
    more: /User: \S+ is not authorized to perform: .+?(?=\.? Encoded authorization|$)/,
    fix: 'Use another profile, or ask whoever keeps the account for the permission.',
  },
  {
    trouble: 'too busy',
    when: ({ name, status }) =>
      /SlowDown|Throttl|TooManyRequests|RequestLimitExceeded/.test(name) || status === 503,
    why: 'AWS is too busy and still refused after every retry',
    fix: 'Repeat the command in some minutes.',
    fault: 'environment',
  },
  {
    trouble: 'unreachable',
    when: ({ code, name, message }) =>
      // The SDK wraps some errors, and then only its message has the code.
      /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/.test(
        `${code} ${message}`,
      ) || /TimeoutError/.test(name),
    why: 'the server did not answer',
    fix: 'Check the network, AWS_REGION in config.ts, and AWS_ENDPOINT_URL if it is set.',
    fault: 'environment',
  },
];

function unknown(seen: Seen): Reading {
  return {
    trouble: 'other',
    why: seen.message || `AWS answered ${seen.status ?? seen.name}`,
    fix: 'Repeat the command; if it stays, look the message up in the AWS documentation.',
    fault: 'environment',
  };
}
