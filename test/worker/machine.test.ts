import { afterAll, expect, test } from '@jest/globals';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../lib/worker/machine.ts';
import { fill, removeTemporaryFolders, temporaryFolder } from './temporary.ts';

afterAll(removeTemporaryFolders);

test('what the machine wrote about itself is in every record; each worker has a name of its own', async () => {
  const folder = await temporaryFolder();
  await fill(folder, {
    'machine.json': '{"machine_type":"m6a.large","zone":"us-east-1b","instance":"i-1","ami":"x"}',
  });
  const one = await identify(join(folder, 'machine.json'));
  const two = await identify(undefined);

  expect(one.identity).toEqual({
    id: expect.stringContaining(hostname()),
    host: hostname(),
    machine_type: 'm6a.large',
    zone: 'us-east-1b',
    instance: 'i-1',
  });
  expect(two.identity.id).not.toBe(one.identity.id);
});

test('facts that cannot be read are told, and cost no job', async () => {
  const folder = await temporaryFolder();
  await fill(folder, { 'machine.json': '{"zone":3}' });

  for (const name of ['machine.json', 'none.json']) {
    const { identity, problem } = await identify(join(folder, name));
    expect(identity.host).toBe(hostname());
    expect(problem).toMatch(new RegExp(`MACHINE_FACTS .*${name}: `));
  }
});
