/** What Spot machines cost now. */
import { paginateDescribeSpotPriceHistory, type _InstanceType } from '@aws-sdk/client-ec2';
import type { Aws } from '../aws.ts';
import { poolOf } from '../fleet.ts';

/** @returns dollars an hour by pool (`m5.large us-east-1a`); a price that began in the past and holds is included */
export async function readPrices(
  { ec2 }: Aws,
  types: readonly string[],
  now: number,
): Promise<Record<string, number>> {
  const prices: Record<string, number> = {};
  const at = new Date(now);
  for await (const { SpotPriceHistory = [] } of paginateDescribeSpotPriceHistory(
    { client: ec2 },
    {
      InstanceTypes: [...types] as _InstanceType[],
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: at,
      EndTime: at,
    },
  )) {
    for (const { InstanceType, AvailabilityZone, SpotPrice } of SpotPriceHistory) {
      if (InstanceType === undefined || AvailabilityZone === undefined) continue;
      prices[poolOf({ type: InstanceType, zone: AvailabilityZone })] = Number(SpotPrice);
    }
  }
  return prices;
}
