/** The key pair that the machines are to be started with: EC2 starts none without it. */
import { DescribeKeyPairsCommand } from '@aws-sdk/client-ec2';
import { nearestName } from '../../config/index.ts';
import type { Finding } from '../finding.ts';
import type { Asked, Check } from './check.ts';

export function keyPair({ config, aws }: Asked): Check[] {
  const { SSH_KEY_NAME: name, AWS_REGION: region } = config;
  if (name === undefined) return [];
  const look = async (): Promise<Finding[]> => {
    const { KeyPairs = [] } = await aws.ec2.send(new DescribeKeyPairsCommand({}));
    const names = KeyPairs.flatMap(({ KeyName }) => KeyName ?? []);
    if (names.includes(name)) return [];
    const near = nearestName(name, names);
    return [
      {
        kind: 'problem',
        message: `There is no key pair called ${name} (SSH_KEY_NAME) in ${region}${others(names)}.`,
        fix:
          near === undefined
            ? 'Leave SSH_KEY_NAME out of config.ts: Session Manager in the AWS console gives a shell without a key.'
            : `Write SSH_KEY_NAME: '${near}' in config.ts, if that is what you mean, or leave it out: Session Manager in the AWS console gives a shell without a key.`,
      },
    ];
  };
  return [{ doing: `Looking at the key pair ${name}`, look }];
}

/** Enough of them to recognise one's own. */
const SHOWN = 5;

function others(names: readonly string[]): string {
  if (names.length === 0) return '; there is none at all';
  const more = names.length > SHOWN ? `, and ${String(names.length - SHOWN)} more` : '';
  return `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, SHOWN).join(', ')}${more}`;
}
