/** Whether the account is prepared for CDK in this region. */
import type { Finding } from '../finding.ts';
import { seeBucket } from './buckets.ts';
import type { Asked, Check, Known } from './check.ts';

/**
 * CDK's own name for its bucket of files, with the qualifier that it has unless somebody chooses another:
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
const bucketOf = (account: string, region: string): string => `cdk-hnb659fds-assets-${account}-${region}`;

export function bootstrap({ config, aws }: Asked, { account }: Known): Check[] {
  if (account === undefined) return [];
  const { AWS_REGION: region, AWS_PROFILE: profile } = config;
  const look = async (): Promise<Finding[]> => {
    const { state } = await seeBucket(aws.s3, bucketOf(account, region));
    if (state !== 'missing') return [];
    const words = ['npx', 'cdk', 'bootstrap', `aws://${account}/${region}`];
    if (profile !== undefined && profile !== 'default') words.push('--profile', profile);
    return [
      {
        kind: 'problem',
        message: `The account ${account} is not prepared for CDK in ${region} (bootstrapped, as AWS calls it).`,
        fix: `Run once, with an administrator's credentials: ${words.join(' ')}`,
      },
    ];
  };
  return [{ doing: 'Looking for what cdk bootstrap makes', look }];
}
