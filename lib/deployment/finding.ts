/** What a check found, and the refusal that tells all of it at once. */
import { explainAwsError, type AwsTrouble } from '../aws/aws-error.ts';
import { DistributedFijiError } from '../errors.ts';

/**
 * - `problem`: it cannot work.
 * - `risk`: it would work, and could lose work or money; `--force` goes on.
 * - `note`: worth a word.
 */
export interface Finding {
  readonly kind: 'problem' | 'risk' | 'note';
  /** What is the matter, with the value. */
  readonly message: string;
  /** One sentence in the imperative. A note may have none. */
  readonly fix?: string;
  /** Set when AWS refused the question itself: many checks then have the same reason, told once. */
  readonly trouble?: AwsTrouble;
}

/** Something stands in the way. Nothing was changed. */
export class RefusedError extends DistributedFijiError {
  readonly findings: readonly Finding[];

  /** @param nothing such as "Nothing was deployed" */
  constructor(nothing: string, findings: readonly Finding[]) {
    const count = findings.length === 1 ? 'one thing stands' : `${String(findings.length)} things stand`;
    const lines = findings.map(
      ({ message, fix }) => `\n  - ${message}${fix === undefined ? '' : `\n    Fix: ${fix}`}`,
    );
    super(`${nothing}: ${count} in the way.${lines.join('')}`, { code: 'DEPLOY_REFUSED' });
    this.findings = findings;
  }
}

/** Without these no question to AWS can be answered, and nothing be deployed. */
const HOPELESS: readonly AwsTrouble[] = [
  'credentials expired',
  'credentials missing',
  'code of MFA needed',
  'credentials refused',
  'clock wrong',
  'region missing',
  'unreachable',
];

/**
 * A check that AWS did not answer. Without the permission to look, one goes on: CloudFormation, which has its own, may
 * well succeed.
 *
 * @param doing what was being looked at: "Looking at the key pair my-key"
 */
export function unanswered(thrown: unknown, doing: string): Finding {
  const { trouble, message, fix } = explainAwsError(thrown, doing);
  if (HOPELESS.includes(trouble)) {
    const why = trouble === 'unreachable' ? 'AWS did not answer' : message.slice(doing.length + 2);
    return {
      kind: 'problem',
      message: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
      trouble,
      ...(fix !== undefined && { fix }),
    };
  }
  return { kind: 'note', message: `Not checked. ${message.replace(/\.$/, '')}.`, trouble };
}

/** Each trouble with AWS itself once, however many checks met it. */
export function once(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (finding, index) =>
      finding.kind !== 'problem' ||
      finding.trouble === undefined ||
      findings.findIndex(({ kind, trouble }) => kind === 'problem' && trouble === finding.trouble) === index,
  );
}
