/** The dashboard that the stack makes (CLEAN_DASHBOARD: false) and the one that the monitor puts are the same, and show what is sent. */
import { DIMENSION, METRICS, NAMESPACE } from '../../lib/aws/embedded-metrics.ts';
import { dashboardBody } from '../../lib/monitor/dashboard.ts';
import { readSettings } from '../../lib/monitor/settings.ts';
import type { ConfigInput } from '../../lib/config/index.ts';
import { templateOf } from './synth.ts';

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly metrics: readonly (readonly unknown[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

const QUEUE = 'AWS/SQS';

function bodyIn(given: ConfigInput): string {
  const [found] = Object.values(
    templateOf({ ...given, CLEAN_DASHBOARD: false }).findResources('AWS::CloudWatch::Dashboard'),
  ) as {
    Properties: { DashboardName: string; DashboardBody: string };
  }[];
  expect(found!.Properties.DashboardName).toBe('Plates');
  return found!.Properties.DashboardBody;
}

const widgetsOf = (body: string): Widget[] => (JSON.parse(body) as { widgets: Widget[] }).widgets;

test.each([
  [{}, 'PlatesQueue', 'PlatesDeadMessages'],
  [
    {
      SQS_QUEUE_NAME: 'mine',
      SQS_DEAD_LETTER_QUEUE: 'arn:aws:sqs:eu-west-1:111122223333:theirs',
      MEMORY: 3000,
      AWS_REGION: 'eu-west-1',
    },
    'mine',
    'theirs',
  ],
] as [ConfigInput, string, string][])(
  'given %j, then it is what the monitor makes of its own settings',
  (given, queue, dead) => {
    const template = templateOf(given);
    const functions = Object.values(template.findResources('AWS::Lambda::Function')) as {
      Properties: { FunctionName?: string; Environment?: { Variables: Record<string, unknown> } };
    }[];
    const told = functions.find(({ Properties }) => Properties.FunctionName === 'PlatesMonitor')!.Properties;
    const settings = readSettings({
      ...Object.fromEntries(
        Object.entries(told.Environment!.Variables).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : 'filled in later',
        ]),
      ),
      // What Lambda and CloudFormation fill in.
      AWS_REGION: given.AWS_REGION ?? 'us-east-1',
      SQS_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/111122223333/${queue}`,
      DEAD_LETTER_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/111122223333/${dead}`,
    });
    expect(bodyIn(given)).toBe(dashboardBody(settings));
  },
);

test('it shows metrics that are sent, peak memory beside its limit among them', () => {
  const widgets = widgetsOf(bodyIn({ MEMORY: 3000 }));
  const shown = widgets.flatMap(({ properties }) => properties.metrics);
  for (const [namespace, name, dimension, value] of shown) {
    if (namespace === QUEUE)
      expect([dimension, value]).toEqual(['QueueName', expect.stringMatching(/^Plates/)]);
    else expect([namespace, dimension, value]).toEqual([NAMESPACE, DIMENSION, 'Plates']);
    if (namespace === NAMESPACE) expect(Object.keys(METRICS)).toContain(name);
  }
  expect(shown.filter(([namespace]) => namespace === QUEUE)).toHaveLength(3);
  const memory = widgets.find(({ properties }) => properties.title.startsWith('Memory'))!.properties;
  expect(memory.metrics.map(([, name]) => name)).toEqual(['PeakMemory', 'PeakMemory']);
  expect(memory.annotations?.horizontal[0]?.value).toBe(3000 * 1024 * 1024);
});

test('no widget lies over another, or beyond the 24 columns', () => {
  const cells = widgetsOf(bodyIn({})).flatMap(({ x, y, width, height }) => {
    expect(x + width).toBeLessThanOrEqual(24);
    return Array.from(
      { length: width * height },
      (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
    );
  });
  expect(new Set(cells).size).toBe(cells.length);
});
