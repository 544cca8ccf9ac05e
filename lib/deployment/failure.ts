/** Why CloudFormation gave up, in the words of someone who does not know it. */
import {
  paginateDescribeStackEvents,
  type CloudFormationClient,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { DistributedFijiError } from '../errors.ts';

export interface Failure {
  /** What could not be made, changed or removed, and AWS's reason. */
  readonly message: string;
  readonly fix: string;
  /** Set when the same command is likely to succeed after so many seconds. */
  readonly again?: number;
}

export class DeployFailedError extends DistributedFijiError {
  /** @param failure undefined when only the CDK's own words say why */
  constructor(doing: 'deploy' | 'destroy', failure: Failure | undefined) {
    super(
      failure === undefined
        ? `npm run ${doing} has failed; why is said above.`
        : `npm run ${doing} has failed. ${failure.message}`,
      {
        code: 'DEPLOY_FAILED',
        fault: 'environment',
        fix: failure?.fix ?? 'Mend what the lines above say, then repeat the command.',
      },
    );
  }
}

interface Reading {
  readonly when: RegExp;
  readonly why: string;
  readonly fix: string;
  readonly again?: number;
}

/** AWS's reasons, as stacks of others have shown them. The most specific first. */
const READINGS: readonly Reading[] = [
  {
    // The first cluster of an account: ECS makes its role, and is too fast to use it.
    when: /unable to assume the service linked role/i,
    why: 'ECS was never used in this account, and made its role (AWSServiceRoleForECS) only now',
    fix: 'Repeat the command. If it stays: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com',
    again: 15,
  },
  {
    when: /wait 60 seconds after deleting a queue|QueueDeletedRecently/i,
    why: 'a queue of this name was deleted less than 60 seconds ago, and AWS keeps the name back for so long',
    fix: 'Wait a minute, then repeat the command.',
    again: 61,
  },
  {
    when: /already exists/i,
    why: 'something of this name is there already',
    fix: 'Choose another name in config.ts, or remove what has it if nobody needs it.',
  },
  {
    when: /limit ?exceeded|maximum number of|quota/i,
    why: 'the account is at its limit',
    fix: 'Remove what is not needed, or ask AWS for more (Service Quotas in the console).',
  },
  {
    when: /not authorized|access ?denied|unauthorized/i,
    why: 'CloudFormation is not allowed to',
    fix: 'Ask whoever ran cdk bootstrap in this account; docs/permissions.md says what is needed.',
  },
];

/**
 * @param since of the command: what failed before is of another deployment
 * @returns undefined when CloudFormation has no failure to tell
 */
export async function whyItFailed(
  client: CloudFormationClient,
  stackId: string,
  since: Date,
): Promise<Failure | undefined> {
  const event = (await failures(client, stackId, since)).at(-1);
  return event === undefined ? undefined : read(event);
}

/** AWS's clock and this machine's may differ so much. */
const CLOCKS_MS = 5_000;

/** The first is the cause: what it stopped ("Resource creation cancelled") came after. Newest first. */
async function failures(client: CloudFormationClient, StackName: string, since: Date): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    const ours = StackEvents.filter(
      ({ Timestamp }) => (Timestamp?.getTime() ?? 0) > since.getTime() - CLOCKS_MS,
    );
    found.push(
      ...ours.filter(
        ({ ResourceStatus, ResourceStatusReason = '', PhysicalResourceId, StackId }) =>
          ResourceStatus?.endsWith('_FAILED') === true &&
          PhysicalResourceId !== StackId &&
          !/cancelled/i.test(ResourceStatusReason),
      ),
    );
    if (ours.length < StackEvents.length) break;
  }
  return found;
}

function read({
  ResourceType,
  PhysicalResourceId,
  LogicalResourceId,
  ResourceStatusReason,
}: StackEvent): Failure {
  const reason = (ResourceStatusReason ?? 'it gave no reason').replace(/\.$/, '');
  const what = `${ResourceType ?? 'something'} ${PhysicalResourceId || LogicalResourceId || ''}`.trim();
  const reading = READINGS.find(({ when }) => when.test(reason));
  return {
    message: `AWS stopped at ${what}: ${reading === undefined ? '' : `${reading.why}. In its own words: `}${reason}.`,
    fix: reading?.fix ?? 'Mend what AWS names, then repeat the command.',
    ...(reading?.again !== undefined && { again: reading.again }),
  };
}

/** What the CDK itself stumbles over, before CloudFormation is asked. */
const OF_CDK: readonly Reading[] = [
  {
    when: /has the environment been bootstrapped|bootstrap stack version|cdk-bootstrap\/\w+\/version/i,
    why: 'What npx cdk bootstrap makes is missing here, incomplete or too old',
    fix: "Run, with an administrator's credentials: npx cdk bootstrap",
  },
  {
    when: /expired/i,
    why: 'The AWS credentials have expired',
    fix: 'Log in again (aws sso login, or however you got them), then repeat the command: it goes on from there.',
  },
  {
    when: /not authorized to perform: sts:AssumeRole|could not assume role/i,
    why: 'Your credentials may not take the roles that npx cdk bootstrap made',
    fix: 'Ask whoever keeps the account for the permissions under "Deploying" in docs/permissions.md.',
  },
];

/** @param said what the CDK said of itself */
export function whyCdkFailed(said: readonly string[]): Failure | undefined {
  const reading = OF_CDK.find(({ when }) => said.some((line) => when.test(line)));
  return reading && { message: `${reading.why}.`, fix: reading.fix };
}
