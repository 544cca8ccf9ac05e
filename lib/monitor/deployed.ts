/** The settings of a monitor that is deployed, as its stack tells them. */
import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { explainAwsError } from '../aws/aws-error.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import { readSettings, SETTINGS_OUTPUT, type MonitorSettings } from './settings.ts';

export class NotDeployedError extends DistributedFijiError {
  constructor(stack: string, region: string, why: string) {
    super(`The stack ${stack} in ${region} ${why}.`, {
      code: 'MONITOR_FAILED',
      fix: 'Deploy first (npm run deploy), or check APP_NAME, AWS_REGION and AWS_PROFILE in config.ts.',
    });
  }
}

/** @throws NotDeployedError when there is no such stack, or it is only half made */
export async function deployedSettings(
  cloudFormation: CloudFormationClient,
  stack: string,
  region: string,
): Promise<MonitorSettings> {
  const output = await settingsOutput(cloudFormation, stack, region);
  if (output === undefined)
    throw new NotDeployedError(stack, region, 'is not whole: its last deployment failed');
  const settings = JSON.parse(output) as Record<string, unknown>;
  return readSettings(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
  );
}

async function settingsOutput(
  cloudFormation: CloudFormationClient,
  stack: string,
  region: string,
): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === SETTINGS_OUTPUT)?.OutputValue;
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) throw new NotDeployedError(stack, region, 'does not exist');
    throw explainAwsError(error, `Looking at the stack ${stack}`);
  }
}
