/** The user's own network, where the config names one. */
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import type { Finding } from '../finding.ts';
import type { Asked, Check } from './check.ts';

export function network({ config, aws }: Asked): Check[] {
  const { VPC_ID: id, AWS_REGION: region } = config;
  if (id === undefined) return [];
  const look = async (): Promise<Finding[]> => {
    // A filter, since an id that is asked for and is not there is an error.
    const filter = { Name: 'vpc-id', Values: [id] };
    const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({ Filters: [filter] }));
    if (Vpcs.length > 0) return [];
    return [
      {
        kind: 'problem',
        message: `There is no network called ${id} (VPC_ID) in ${region}.`,
        fix: 'Correct the id in config.ts, or leave VPC_ID out: then a network is made for the run.',
      },
    ];
  };
  return [{ doing: `Looking at the network ${id}`, look }];
}
