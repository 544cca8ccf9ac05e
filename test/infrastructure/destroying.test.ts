/** In which order a run is removed, and that nothing of it stays. */
import { Match, templateOf } from './synth.ts';

const plain = templateOf({ NOTIFY_EMAIL: 'you@example.org' });
const resources = plain.toJSON().Resources as Record<string, { Type: string; DependsOn?: string[] }>;

function idOf(type: string, begins: string): string {
  return Object.keys(plain.findResources(type)).find((id) => id.startsWith(begins)) ?? `no ${type} ${begins}`;
}

/** Everything that a resource names or waits for, directly or through others: CloudFormation removes it later. */
function neededBy(id: string, found = new Set<string>()): Set<string> {
  const named: string[] = [...(resources[id]?.DependsOn ?? [])];
  JSON.stringify(resources[id], (key, value: unknown) => {
    if (key === 'Ref' && typeof value === 'string') named.push(value);
    if (key === 'Fn::GetAtt') named.push((value as readonly string[])[0] as string);
    return value;
  });
  for (const next of named) {
    if (found.has(next) || !(next in resources)) continue;
    found.add(next);
    neededBy(next, found);
  }
  return found;
}

describe('destroying', () => {
  const cleanup = idOf('Custom::EmptyFleet', 'CleanUp');
  const after = (id: string): string[] => resources[id]?.DependsOn ?? [];

  test('what could start machines again goes before the clean-up, and alarms with it', () => {
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::Events::Rule', 'AWS::CloudWatch::Alarm']) {
      for (const id of Object.keys(plain.findResources(type))) expect(after(id)).toContain(cleanup);
    }
  });

  test('what the clean-up empties goes after it, and what it and the workers need to leave in peace', () => {
    const later = neededBy(cleanup);
    const ofTypes = (...types: readonly string[]): string[] =>
      Object.entries(resources).flatMap(([id, { Type }]) =>
        types.some((type) => Type === type || (type.endsWith('::') && Type.startsWith(type))) ? [id] : [],
      );
    const needed = ofTypes('AWS::EC2::', 'AWS::AutoScaling::', 'AWS::ECS::', 'AWS::SQS::Queue');
    expect(needed.length).toBeGreaterThan(10);
    expect(needed.filter((id) => !later.has(id))).toEqual([]);
    for (const part of ['CleanUp', 'Machines', 'TaskWorker', 'TaskExecution'])
      expect(later).toContain(idOf('AWS::IAM::Policy', part));
  });

  test('nothing is kept: no resource is retained, and every function writes to a group of the stack', () => {
    for (const [id, resource] of Object.entries(resources as Record<string, object>)) {
      expect([id, (resource as { DeletionPolicy?: string }).DeletionPolicy ?? 'Delete']).toEqual([
        id,
        'Delete',
      ]);
    }
    plain.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Logs') } },
    });
    plain.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('in a shared cluster only machines of this run are struck off', () => {
    templateOf({ ECS_CLUSTER: 'default' }).hasResourceProperties('Custom::EmptyFleet', {
      Cluster: 'default',
      Machines: 'attribute:distributed-fiji.app == Plates',
    });
  });
});
