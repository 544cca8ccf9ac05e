/** Whether CloudFormation can work on the stack, as it is now. */
import type { Finding } from '../finding.ts';
import { isBusy, isHalfMade, isOurs, type DeployedStack } from '../stack.ts';

/** What `deploy` says of the stack that it finds. */
export function deployableState(stack: DeployedStack, region: string): Finding[] {
  const { name, status } = stack;
  if (!isOurs(stack)) return [somebodyElses(stack, region)];
  if (isBusy(stack)) return [busy(stack, region)];
  if (isHalfMade(stack)) {
    return [
      {
        kind: 'note',
        message: `The first deployment of ${name} failed and was taken back (${status}). What is left of it is removed, and the stack made anew.`,
      },
    ];
  }
  switch (status) {
    case 'CREATE_FAILED':
    case 'DELETE_FAILED':
      return [
        {
          kind: 'problem',
          message: `The stack ${name} in ${region} is half made (${status}).`,
          fix: 'Remove what is there (npm run destroy), then deploy.',
        },
      ];
    case 'UPDATE_FAILED':
    case 'UPDATE_ROLLBACK_FAILED':
      return [
        {
          kind: 'problem',
          message: `The last deployment of ${name} in ${region} failed, and taking it back failed too (${status}).`,
          fix: `Take it back first (npx cdk rollback ${name}), then deploy. If that fails, npm run destroy.`,
        },
      ];
    default:
      return [];
  }
}

/** What `destroy` says of it. A removal that is under way is waited for. */
export function removableState(stack: DeployedStack, region: string): Finding[] {
  if (!isOurs(stack)) return [somebodyElses(stack, region)];
  return isBusy(stack) && stack.status !== 'DELETE_IN_PROGRESS' ? [busy(stack, region)] : [];
}

function somebodyElses({ name, description }: DeployedStack, region: string): Finding {
  const about = description === '' ? '' : ` ("${description}")`;
  return {
    kind: 'problem',
    message: `There is a stack called ${name} in ${region} that is not Distributed-Fiji's${about}.`,
    fix: 'Choose another APP_NAME in config.ts.',
  };
}

function busy({ name, status }: DeployedStack, region: string): Finding {
  return {
    kind: 'problem',
    message: `AWS is at work on the stack ${name} in ${region} (${status}): another deploy or destroy is not over.`,
    fix: 'Wait until it is (the CloudFormation console shows it), then repeat the command.',
  };
}
