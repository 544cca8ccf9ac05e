import { ConfigInvalidError, machineOf, parseConfig, warningsFor } from '../../lib/config/index.ts';

const tight = (MEMORY: number, TASKS_PER_MACHINE: number, type: string, DOWNLOAD_FILES = false): boolean =>
  warningsFor(
    parseConfig({ MEMORY, TASKS_PER_MACHINE, MACHINE_TYPE: [type], EBS_VOL_SIZE: 500, DOWNLOAD_FILES }),
  ).some(({ option }) => option === 'MEMORY');

describe('memory of containers against the machine', () => {
  test('16 x 15000 MiB fit 256 GiB', () => {
    expect(tight(15000, 16, 'm5.16xlarge')).toBe(false);
  });

  test('1 x 15000 MiB fits 16 GiB, with a warning', () => {
    expect(tight(15000, 1, 'm5.xlarge')).toBe(true);
  });

  // 8 GiB: 96% less 256 MiB is 7608; 92% less 256 MiB is 7280, and 6768 with the mount's 512 MiB.
  test.each([
    [6768, false, false],
    [6769, false, true],
    [7280, true, false],
    [7281, true, true],
    [7608, false, true],
  ])('%d MiB on 8 GiB, DOWNLOAD_FILES %p: warned %p', (memory, download, warned) => {
    expect(tight(memory, 1, 'm5.large', download)).toBe(warned);
  });

  test('what no machine can register is refused, with sizes that fit', () => {
    const input = { MEMORY: 3900, TASKS_PER_MACHINE: 2, MACHINE_TYPE: ['m5.large'] };
    expect(() => parseConfig(input)).toThrow(ConfigInvalidError);
    expect(() => parseConfig(input)).toThrow('write MEMORY: 3804 or less, or TASKS_PER_MACHINE: 1');
    expect(parseConfig({ ...input, MEMORY: 3804 }).MEMORY).toBe(3804);
  });

  test('the smallest of several types counts', () => {
    expect(() => parseConfig({ MEMORY: 15000, MACHINE_TYPE: ['m5.xlarge', 'm5.large'] })).toThrow('8192 MiB');
  });
});

describe('machine types', () => {
  test('facts come from the table', () => {
    expect(machineOf('m5.16xlarge')).toEqual({
      type: 'm5.16xlarge',
      vcpus: 64,
      memoryMiB: 262_144,
      architecture: 'x86_64',
      gpus: 0,
      instanceStoreGB: 0,
      spot: true,
    });
    expect(machineOf('c6gd.large')).toMatchObject({ architecture: 'arm64', instanceStoreGB: 118 });
    expect(machineOf('g4dn.12xlarge')).toMatchObject({ gpus: 4 });
  });

  test('a name that is no type, or a name of JavaScript, is unknown', () => {
    expect(machineOf('m5.huge')).toBeUndefined();
    expect(machineOf('constructor')).toBeUndefined();
  });

  test('a typing error is answered with the type that was meant', () => {
    expect(() => parseConfig({ MACHINE_TYPE: ['m5.16xlage'] })).toThrow("write 'm5.16xlarge'");
  });
});
