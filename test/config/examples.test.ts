import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { derive, loadConfig, warningsFor } from '../../lib/config/index.ts';

const folder = fileURLToPath(new URL('../../examples/configs/', import.meta.url));
const load = (name: string) => loadConfig(`${folder}${name}.ts`);

test('every example is loaded here', () => {
  expect(readdirSync(folder).sort()).toEqual(['many-containers.ts', 'many-machines.ts', 'small.ts']);
});

test('many-containers: 16 containers of 15000 MiB on each machine of 64 cores, without doubt', async () => {
  const config = await load('many-containers');
  expect(config).toMatchObject({ TASKS_PER_MACHINE: 16, EBS_VOL_SIZE: 165, MEMORY: 15000, CPU_SHARES: 4096 });
  expect(derive(config)).toMatchObject({ diskPerContainerGB: 8.3125, smallestMachine: { vcpus: 64 } });
  expect(warningsFor(config)).toEqual([]);
});

test('many-machines: 100 machines with one container of 15000 MiB and 22 GB, tight in memory', async () => {
  const config = await load('many-machines');
  expect(config).toMatchObject({
    CLUSTER_MACHINES: 100,
    TASKS_PER_MACHINE: 1,
    EBS_VOL_SIZE: 22,
    MEMORY: 15000,
  });
  expect(derive(config)).toMatchObject({ diskPerContainerGB: 20, maxTasks: 100 });
  expect(warningsFor(config).map(({ option }) => option)).toEqual(['MEMORY']);
});

test('small: one machine, without doubt', async () => {
  const config = await load('small');
  expect(derive(config).maxTasks).toBe(1);
  expect(warningsFor(config)).toEqual([]);
});
