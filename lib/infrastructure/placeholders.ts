/** The shipped config can be looked at (`cdk synth`), but not deployed before it names the user's bucket and script. */
import { Annotations, CfnRule, Fn, type Stack } from 'aws-cdk-lib/core';
import { type Config, ConfigInvalidError, requireFilledIn } from '../config/index.ts';

/** A CloudFormation rule, since an app does not know whether `synth` or `deploy` called it: it fails the deploy alone. */
export function refusePlaceholders(stack: Stack, config: Config): void {
  try {
    requireFilledIn(config);
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    const words = error.problems.map(({ message, fix }) => `${message} Fix: ${fix}`).join(' ');
    new CfnRule(stack, 'FilledIn', {
      assertions: [{ assert: Fn.conditionEquals('the config', 'filled in'), assertDescription: words }],
    });
    Annotations.of(stack).addWarningV2('distributed-fiji:placeholders', words);
  }
}
