/** The counts in docs/costs.md are those of what is deployed, and its sums are right. Prices are AWS's, and not tested. */
import { readFileSync } from 'node:fs';
import { METRICS } from '../../lib/aws/embedded-metrics.ts';
import { parseConfig, SYSTEM_DISK_GB } from '../../lib/config/index.ts';
import {
  ADDRESS_HOUR,
  besideTheMachine,
  DASHBOARD_MONTH,
  DISK_GB_MONTH,
  HOURS_A_MONTH,
  idleCosts,
  sum,
} from '../../lib/deployment/costs.ts';
import { deployable, type Template, templateOf } from './synth.ts';

const doc = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');

interface Row {
  readonly what: string;
  readonly count: number;
  readonly price: number;
  readonly dollars: string;
}

const number = (text: string): number => Number(text.replaceAll(/[$,]/g, ''));

/** A table's rows, and the sum below them. */
function table(head: string): { readonly rows: readonly Row[]; readonly sum: string } {
  const [, body = ''] = new RegExp(`^\\| ${head}[^\\n]*\\n\\|[ :|-]+\\n((?:\\|.*\\n)+)`, 'm').exec(doc) ?? [];
  const cells = body
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const rows = cells.slice(0, -1).map(([, what = '', count = '', price = '', dollars = '']) => {
    const [each = '', per] = price.split(' / ');
    const unit = per === 'million' ? 1e6 : per === '1,000' ? 1e3 : 1;
    return { what, count: number(count), price: number(each) / unit, dollars };
  });
  return { rows, sum: cells.at(-1)?.[4]?.replaceAll('*', '') ?? '' };
}

const idle = table('while nothing runs');
const run = table('1,000 jobs');

function countOf({ rows }: typeof idle, what: string): number {
  const found = rows.filter((row) => row.what.includes(what));
  expect(found).toHaveLength(1);
  return found[0]!.count;
}

interface Alarm {
  readonly Properties: { readonly Metrics?: readonly { readonly MetricStat?: object }[] };
}

const alarms = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Alarm[];

/** An alarm on an expression is billed for each metric in it. */
const alarmMetrics = (template: Template): number =>
  alarms(template).reduce(
    (sum, { Properties: { Metrics } }) => sum + (Metrics?.filter((one) => one.MetricStat).length ?? 1),
    0,
  );

test.each([
  ['idle', idle, 7],
  ['run', run, 10],
] as const)('%s: each row is count x price, and the sum is theirs', (_, { rows, sum }, length) => {
  expect(rows).toHaveLength(length);
  for (const { what, count, price, dollars } of rows) {
    expect(`${what}: ${dollars}`).toBe(`${what}: $${(count * price).toFixed(4)}`);
  }
  expect(sum).toBe(`$${rows.reduce((total, row) => total + number(row.dollars), 0).toFixed(2)}`);
});

test('given the defaults, then what is deployed is what the idle table counts', () => {
  const template = templateOf({});
  expect(countOf(idle, `the ${String(alarms(template).length)} alarms`)).toBe(alarmMetrics(template));
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
  const minutes = 730 * 60;
  expect(countOf(idle, 'calls of the monitor')).toBe(minutes);
  expect(countOf(idle, 'schedule')).toBe(minutes);
  expect(countOf(idle, '0.5 GB for 1 s')).toBe(minutes / 2);
  template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'PlatesMonitor', MemorySize: 512 });
});

test('given no monitor, then there are as many alarms as it says', () => {
  const template = templateOf({ AUTO_MONITOR: false });
  expect(doc).toContain(
    `there are ${String(alarms(template).length)} alarms on ${String(alarmMetrics(template))} metrics, and no calls`,
  );
  template.resourceCountIs('AWS::Scheduler::Schedule', 0);
});

test('machines are as the run table counts them', () => {
  const template = templateOf({});
  const config = parseConfig(deployable);
  const [found] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')) as {
    Properties: {
      LaunchTemplateData: { BlockDeviceMappings: { Ebs: { VolumeSize: number; VolumeType: string } }[] };
    };
  }[];
  const disks = found!.Properties.LaunchTemplateData.BlockDeviceMappings.map(({ Ebs }) => Ebs);
  expect(disks.map(({ VolumeType }) => VolumeType)).toEqual(['gp3', 'gp3']);
  const hours = countOf(run, 'of Spot');
  const [system, docker] = disks.map(({ VolumeSize }) => String(VolumeSize));
  const gbMonths = countOf(run, `${system} + EBS_VOL_SIZE ${docker} GB for ${String(hours)} of 730 hours`);
  expect(gbMonths).toBeCloseTo(((Number(system) + Number(docker)) * hours) / 730, 3);
  expect(run.rows[0]!.price).toBe(config.MACHINE_PRICE);
  expect(countOf(run, 'public IPv4')).toBe(config.ASSIGN_IP ? hours : 0);
  expect(countOf(run, `custom metrics: ${String(Object.keys(METRICS).length)},`)).toBeGreaterThan(0);
});

test('nothing is deployed that costs by the hour and is not in the tables', () => {
  const types = new Set(
    Object.values(templateOf({}).toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    ),
  );
  for (const dear of ['NatGateway', 'EIP', 'LoadBalancer', 'KMS::Key', 'FileSystem', 'Secret']) {
    expect([...types].filter((type) => type.includes(dear))).toEqual([]);
  }
  const endpoints = templateOf({}).findResources('AWS::EC2::VPCEndpoint');
  expect(Object.values(endpoints).map(({ Properties }) => Properties.VpcEndpointType)).toEqual(['Gateway']);
});

test('what deploy tells is what the idle table says, and so are the prices beside a machine', () => {
  const told = idleCosts(parseConfig(deployable));
  expect(told).toHaveLength(idle.rows.length);
  for (const { what, count, price } of told) {
    const [row] = idle.rows.filter((each) => each.what.startsWith(what));
    expect([what, count, price]).toEqual([what, row?.count, row?.price]);
  }
  expect(`$${sum(told).toFixed(2)}`).toBe(idle.sum);
  const kept = idleCosts(parseConfig({ ...deployable, CLEAN_DASHBOARD: false }));
  expect(doc).toContain(`the table comes to $${sum(kept).toFixed(2)}.`);
  expect(doc).toContain(`$${DASHBOARD_MONTH.toFixed(2)} a month [C]`);
  expect(doc).toContain(`${((100 * DASHBOARD_MONTH) / HOURS_A_MONTH).toFixed(1)} cents\nan hour`);
  const none = { CREATE_DASHBOARD: false, CLEAN_DASHBOARD: false };
  expect(sum(idleCosts(parseConfig({ ...deployable, ...none })))).toBe(sum(told));

  const disks = run.rows.find(({ what }) => what.startsWith('GB-months of disk'));
  expect([disks?.what.includes(`${String(SYSTEM_DISK_GB)} + EBS_VOL_SIZE`), disks?.price]).toEqual([
    true,
    DISK_GB_MONTH,
  ]);
  expect(run.rows.find(({ what }) => what.includes('public IPv4'))?.price).toBe(ADDRESS_HOUR);
  // Two disks of 30 GB for an hour, and the address.
  expect(besideTheMachine(parseConfig(deployable))).toBeCloseTo((60 * 0.08) / 730 + 0.005, 6);
});

test('given no monitor, then what deploy tells has the alarms that are left', () => {
  const told = idleCosts(parseConfig({ ...deployable, AUTO_MONITOR: false }));
  expect(told.find(({ what }) => what.startsWith('metrics'))?.count).toBe(
    alarmMetrics(templateOf({ AUTO_MONITOR: false })),
  );
  expect(told).toHaveLength(1);
});

test('each price says where it was found and when, and each place is used', () => {
  const [body = '', found = ''] = doc.split('## The prices');
  const used = new Set([...body.matchAll(/\[([A-Z])\]/g)].map(([, letter]) => letter));
  const places = [...found.matchAll(/^\| ([A-Z]) +\| (.+?) +\| (.+?) +\|$/gm)];
  expect(new Set(places.map(([, letter]) => letter))).toEqual(used);
  for (const [, letter, page, where] of places) {
    expect([letter, page]).toEqual([
      letter,
      expect.stringMatching(/https:\/\/aws\.amazon\.com\/\S+\/pricing\//),
    ]);
    expect([letter, where]).toEqual([letter, expect.stringMatching(/\b20\d\d\b|no date|of config\.ts/)]);
  }
});
