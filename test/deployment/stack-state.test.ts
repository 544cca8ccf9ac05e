/** Every state of a stack that CloudFormation knows, and what a command says of it. */
import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import { deployableState, removableState } from '../../lib/deployment/checks/stack-state.ts';
import type { DeployedStack } from '../../lib/deployment/stack.ts';

const stack = (status: string, over: Partial<DeployedStack> = {}): DeployedStack => ({
  id: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Plates/1',
  name: 'Plates',
  status,
  description: 'Distributed-Fiji: Plates',
  made: undefined,
  ...over,
});
const all = Object.values(StackStatus);
const kindsOf = (status: string) => deployableState(stack(status), 'us-east-1').map(({ kind }) => kind);

test('a stack that works is deployed over without a word', () => {
  const silent = all.filter((status) => kindsOf(status).length === 0).sort();
  expect(silent).toEqual(
    [
      'CREATE_COMPLETE',
      'DELETE_COMPLETE',
      'IMPORT_COMPLETE',
      'IMPORT_ROLLBACK_COMPLETE',
      'IMPORT_ROLLBACK_FAILED',
      'REVIEW_IN_PROGRESS',
      'UPDATE_COMPLETE',
      'UPDATE_ROLLBACK_COMPLETE',
    ].sort(),
  );
});

test('what the CDK removes and makes anew is told, and goes on', () => {
  expect(all.filter((status) => kindsOf(status)[0] === 'note')).toEqual([
    'ROLLBACK_COMPLETE',
    'ROLLBACK_FAILED',
  ]);
});

test.each([
  ['CREATE_FAILED', 'npm run destroy'],
  ['DELETE_FAILED', 'npm run destroy'],
  ['UPDATE_FAILED', 'npx cdk rollback Plates'],
  ['UPDATE_ROLLBACK_FAILED', 'npx cdk rollback Plates'],
])('%s is refused, with the way out: %s', (status, way) => {
  const [found] = deployableState(stack(status), 'us-east-1');
  expect(found).toMatchObject({ kind: 'problem', message: expect.stringContaining(status) });
  expect(found?.fix).toContain(way);
});

test('while AWS is at work on it nothing is begun; only a removal is waited for', () => {
  for (const status of all.filter((each) => each.endsWith('_IN_PROGRESS') && each !== 'REVIEW_IN_PROGRESS')) {
    expect([status, kindsOf(status)]).toEqual([status, ['problem']]);
    const removable = removableState(stack(status), 'us-east-1').length === 0;
    expect([status, removable]).toEqual([status, status === 'DELETE_IN_PROGRESS']);
  }
});

test('a half-made stack can always be removed', () => {
  for (const status of all.filter((each) => each.endsWith('FAILED') || each === 'ROLLBACK_COMPLETE')) {
    expect(removableState(stack(status), 'us-east-1')).toEqual([]);
  }
});

test("somebody else's stack of the same name is neither deployed over nor removed", () => {
  const theirs = stack('CREATE_COMPLETE', { description: 'Our web shop' });
  for (const found of [deployableState(theirs, 'us-east-1'), removableState(theirs, 'us-east-1')]) {
    expect(found).toMatchObject([{ kind: 'problem', message: expect.stringContaining('"Our web shop"') }]);
  }
});
