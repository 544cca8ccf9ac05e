import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ConfigInvalidError, parseConfig } from '../../lib/config/index.ts';
import { isRegionName, knownRegions } from '../../lib/config/regions.ts';

test('the regions are those of the AWS SDK', () => {
  const sdk = dirname(createRequire(import.meta.url).resolve('@aws-sdk/core/package.json'));
  const partitions = join(sdk, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const regions = [...readFileSync(partitions, 'utf8').matchAll(/"([a-z-]+-\d+)": \{/g)].map(
    ([, name]) => name,
  );
  expect([...knownRegions].sort()).toEqual(regions.sort());
});

test('every known region is named as regions are', () => {
  expect(knownRegions.filter((region) => !isRegionName(region))).toEqual([]);
});

test.each([
  ['us-eest-1', 'us-east-1'],
  ['eu-centrall-1', 'eu-central-1'],
  ['EU-West-1', 'eu-west-1'],
  ['us-east-1a', 'us-east-1'],
])('for %s the fix is %s', (written, meant) => {
  expect.assertions(1);
  try {
    parseConfig({ AWS_REGION: written });
  } catch (error) {
    expect((error as ConfigInvalidError).problems[0]?.fix).toBe(`write AWS_REGION: '${meant}'.`);
  }
});
