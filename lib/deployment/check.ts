/** Everything that is looked at before a deploy, at once, and told together. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { bootstrap } from './checks/bootstrap.ts';
import { buckets } from './checks/buckets.ts';
import type { Asked, Check, Known } from './checks/check.ts';
import { image } from './checks/image.ts';
import { keyPair } from './checks/key-pair.ts';
import { namedThings } from './checks/named-things.ts';
import { network } from './checks/network.ts';
import { runOn } from './checks/run-on.ts';
import { deployableState } from './checks/stack-state.ts';
import { once, unanswered, type Finding } from './finding.ts';
import { seeStack } from './stack.ts';

export interface Checked extends Known {
  readonly findings: readonly Finding[];
}

/** Never throws for what AWS says: each refusal is a finding. */
export async function checkDeployment(asked: Asked): Promise<Checked> {
  const { config, derived, aws } = asked;
  const [independent, account, stack] = await Promise.all([
    lookAt([...buckets(asked), ...keyPair(asked), ...network(asked), ...image(asked)]),
    answerOf(
      'Looking who you are to AWS',
      async () => (await aws.sts.send(new GetCallerIdentityCommand({}))).Account,
    ),
    answerOf(`Looking at the stack ${derived.stackName}`, async () => ({
      found: begun(await seeStack(aws.cloudFormation, derived.stackName)),
    })),
  ]);
  const known: Known = { account: account.answer, stack: stack.answer };
  const found = stack.answer?.found;
  const dependent = await lookAt([
    ...bootstrap(asked, known),
    ...namedThings(asked, known),
    ...runOn(asked, known),
  ]);
  const findings = [
    ...account.findings,
    ...stack.findings,
    ...(found === undefined ? [] : deployableState(found, config.AWS_REGION)),
    ...independent,
    ...dependent,
  ];
  return { ...known, findings: once(findings) };
}

/** A stack of which there is only a plan is none. */
function begun<S extends { readonly status: string }>(stack: S | undefined): S | undefined {
  return stack?.status === 'REVIEW_IN_PROGRESS' ? undefined : stack;
}

async function lookAt(checks: readonly Check[]): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async ({ doing, look }) => look().catch((error: unknown) => [unanswered(error, doing)])),
  );
  return found.flat();
}

async function answerOf<T>(
  doing: string,
  ask: () => Promise<T>,
): Promise<{ readonly answer: T | undefined; readonly findings: readonly Finding[] }> {
  try {
    return { answer: await ask(), findings: [] };
  } catch (error) {
    return { answer: undefined, findings: [unanswered(error, doing)] };
  }
}
