/**
 * Every option lands: each row of docs/reference.md, for both configurations that users know and for a third value, so
 * that an expectation cannot hold by chance.
 */
import { readFileSync } from 'node:fs';
import manyContainers from '../../examples/configs/many-containers.ts';
import manyMachines from '../../examples/configs/many-machines.ts';
import { type OptionName, optionNames, parseConfig } from '../../lib/config/index.ts';
import { fiji } from './landings/fiji.ts';
import type { Landing } from './landings/landing.ts';
import { machines } from './landings/machines.ts';
import { monitor } from './landings/monitor.ts';
import { queue } from './landings/queue.ts';
import { run } from './landings/run.ts';
import { deployable, Match, templateOf, userDataOf } from './synth.ts';

const landings: Readonly<Record<OptionName, Landing>> = {
  ...run,
  ...machines,
  ...fiji,
  ...queue,
  ...monitor,
};

const known = { '16 containers a machine': manyContainers, '100 machines with one container': manyMachines };
const synthesised = Object.entries(known).map(([name, given]) => ({
  name,
  config: parseConfig({ ...deployable, ...given }),
  template: templateOf(given),
}));
const plain = { config: parseConfig(deployable), template: templateOf({}) };

describe.each(optionNames)('%s', (option) => {
  const { other, lands } = landings[option];

  if (lands === undefined) {
    test('is for this computer alone: the template does not change', () => {
      expect(templateOf(other).toJSON()).toEqual(plain.template.toJSON());
    });
  } else {
    test.each(synthesised)('lands with $name', ({ template, config }) => {
      lands(template, config);
    });

    test('lands with another value', () => {
      lands(templateOf(other), parseConfig({ ...deployable, ...other }));
    });
  }
});

test('docs/reference.md has a row for each option', () => {
  const reference = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');
  const rows = [...reference.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual([...optionNames].sort());
});

describe('the two configurations that users know', () => {
  test('given 16 containers of 15000 MiB on 64 cores, then each gets 4 cores, 8.3 GB and no more fit', () => {
    const { template } = synthesised[0]!;
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Cpu: 4096, Memory: 15000 })],
    });
    expect(userDataOf(template)).toContain("CONTAINER_DISK_BYTES='8312500000'");
  });

  test('given 100 machines of one container, then up to 100 machines of 22 GB', () => {
    const { template } = synthesised[1]!;
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: '100' });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Cpu: 4096, Memory: 15000 })],
    });
  });
});
