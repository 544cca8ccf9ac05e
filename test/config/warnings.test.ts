import { type ConfigInput, parseConfig, warningsFor } from '../../lib/config/index.ts';

const warnedOf = (input: ConfigInput): string[] =>
  warningsFor(parseConfig(input)).map(({ option }) => option);

describe('warningsFor', () => {
  test('the default config is without doubt', () => {
    expect(warnedOf({})).toEqual([]);
  });

  test.each<[string, ConfigInput, string]>([
    ['a region that is not known', { AWS_REGION: 'us-east-3' }, 'AWS_REGION'],
    ['little disk', { EBS_VOL_SIZE: 22, TASKS_PER_MACHINE: 4, MEMORY: 1000 }, 'EBS_VOL_SIZE'],
    ['machines of different sizes', { MACHINE_TYPE: ['m5.large', 'm5.xlarge'] }, 'MACHINE_TYPE'],
    ['room for too many containers', { CPU_SHARES: 512 }, 'CPU_SHARES'],
    [
      'more containers than GPUs',
      { MACHINE_TYPE: ['g4dn.xlarge'], TASKS_PER_MACHINE: 2, EBS_VOL_SIZE: 60 },
      'TASKS_PER_MACHINE',
    ],
    ['a key without an open port', { SSH_KEY_NAME: 'lab' }, 'SSH_KEY_NAME'],
  ])('%s', (_, input, option) => {
    expect(warnedOf(input)).toEqual([option]);
  });
});

test('a region newer than the list is taken, with the nearest that is known', () => {
  const [warning] = warningsFor(parseConfig({ AWS_REGION: 'eu-central-9' }));
  expect(warning?.message).toContain("'eu-central-9'");
  expect(warning?.fix).toContain("'eu-central-1'");
});
