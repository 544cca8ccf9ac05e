import { type ConfigInput, parseConfig, warningsFor } from '../../lib/config/index.ts';

const warnedOf = (input: ConfigInput): string[] =>
  warningsFor(parseConfig(input)).map(({ option }) => option);

describe('warningsFor', () => {
  test('the default config is without doubt', () => {
    expect(warnedOf({})).toEqual([]);
  });

  test.each<[string, ConfigInput, string]>([
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
