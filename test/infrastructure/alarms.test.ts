/** The alarms: what they watch, and that what they say reaches somebody. */
import { Match, type Template, templateOf } from './synth.ts';

const told = templateOf({ NOTIFY_EMAIL: 'you@example.org', STALLED_AFTER_MINUTES: 240 });

interface Alarm {
  readonly Properties: {
    readonly AlarmActions?: readonly { readonly Ref: string }[];
    readonly InsufficientDataActions?: readonly { readonly Ref: string }[];
    readonly TreatMissingData: string;
    readonly EvaluationPeriods: number;
    readonly Metrics?: readonly { readonly Expression?: string }[];
  };
}

function alarm(template: Template, begins: string): Alarm['Properties'] {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm') as Record<string, Alarm>);
  const [, { Properties }] = found.find(([id]) => id.startsWith(`Alarms${begins}`)) as [string, Alarm];
  return Properties;
}

describe('given NOTIFY_EMAIL', () => {
  test('then each alarm sends to the topic, and the topic lets this account’s alarms send, over TLS alone', () => {
    const [topic] = Object.keys(told.findResources('AWS::SNS::Topic'));
    for (const name of ['DeadLetters', 'NoProgress', 'MonitorFailing'])
      expect(alarm(told, name).AlarmActions).toEqual([{ Ref: topic }]);
    told.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topic }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: { Ref: topic },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  test('then a monitor that fails is told, and one that falls silent, but none that was only just deployed', () => {
    const failing = alarm(told, 'MonitorFailing');
    const [topic] = Object.keys(told.findResources('AWS::SNS::Topic'));
    expect(failing.Metrics?.[0]?.Expression).toBe('IF(FILL(calls, 0) - FILL(errors, 0) < 1, 1, 0)');
    expect(failing.EvaluationPeriods).toBe(10);
    // A new alarm has no data: that is its first state, no change to it, and CloudWatch tells changes.
    expect(failing.TreatMissingData).toBe('missing');
    expect(failing.InsufficientDataActions).toEqual([{ Ref: topic }]);
    for (const name of ['DeadLetters', 'NoProgress'])
      expect(alarm(told, name).InsufficientDataActions).toBeUndefined();
  });

  test('then the first dead letter is told, and jobs of which none ends for STALLED_AFTER_MINUTES', () => {
    told.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm(told, 'NoProgress').EvaluationPeriods).toBe(48);
  });
});

test('given no NOTIFY_EMAIL, then alarms are seen in the console alone', () => {
  const quiet = templateOf({});
  quiet.resourceCountIs('AWS::SNS::Topic', 0);
  expect(alarm(quiet, 'MonitorFailing').AlarmActions).toBeUndefined();
});
