/** What `npx cdk` starts: the config in, the stack out. `-c config=path` takes another config than config.ts. */
import { Annotations, App } from 'aws-cdk-lib/core';
import { derive, loadConfig, warningsFor } from '../lib/config/index.ts';
import { DistributedFijiError } from '../lib/errors.ts';
import { buildArtifacts } from '../lib/infrastructure/artifacts.ts';
import { DistributedFijiStack } from '../lib/infrastructure/stack.ts';

try {
  // The CDK's validator of templates takes longer than all the rest, and finds what a user cannot mend: the shape of a
  // template is ours. `npm run check:security` runs it over templates of every kind. CDK_VALIDATION=true turns it on.
  const app = new App({ builtinCloudFormationValidation: process.env.CDK_VALIDATION === 'true' });
  const config = await loadConfig(app.node.tryGetContext('config') as string | undefined);
  const artifacts = await buildArtifacts(derive(config).architecture);
  const stack = new DistributedFijiStack(app, config, artifacts, {
    // The account is known when there are credentials; without them `cdk synth` still works.
    env: { region: config.AWS_REGION, ...account() },
  });
  for (const { option, message, fix } of warningsFor(config)) {
    Annotations.of(stack).addWarningV2(`distributed-fiji:${option}`, `${message} Fix: ${fix}`);
  }
  app.synth();
} catch (error) {
  if (!(error instanceof DistributedFijiError)) throw error;
  process.stderr.write(`\n${error.message}\n${error.fix === undefined ? '' : `Fix: ${error.fix}\n`}`);
  process.exitCode = 1;
}

function account(): { account?: string } {
  const known = process.env.CDK_DEFAULT_ACCOUNT;
  return known === undefined ? {} : { account: known };
}
