/**
 * What a run costs, in dollars of us-east-1: the figures of docs/costs.md, which says where each was found and is held to
 * these by a test.
 */
import { type Config, SYSTEM_DISK_GB } from '../config/index.ts';

export interface CostRow {
  /** As the table in docs/costs.md begins its row. */
  readonly what: string;
  /** In a month of 730 hours. */
  readonly count: number;
  /** Of one. */
  readonly price: number;
}

export const HOURS_A_MONTH = 730;
const MINUTES = HOURS_A_MONTH * 60;
const MILLION = 1e6;

/** Of lib/infrastructure/alarms.ts: an alarm on an expression is billed for each metric in it. */
const ALARM_METRICS = { withMonitor: 6, without: 4 };

export const DASHBOARD_MONTH = 3;

/** While nothing runs, in a month. */
export function idleCosts({ AUTO_MONITOR, CREATE_DASHBOARD, CLEAN_DASHBOARD }: Config): CostRow[] {
  const row = (what: string, count: number, price: number): CostRow => ({ what, count, price });
  return [
    row('metrics that the', AUTO_MONITOR ? ALARM_METRICS.withMonitor : ALARM_METRICS.without, 0.1),
    ...(CREATE_DASHBOARD && !CLEAN_DASHBOARD ? [row('dashboard', 1, DASHBOARD_MONTH)] : []),
    ...(AUTO_MONITOR
      ? [
          row('calls of the monitor', MINUTES, 0.2 / MILLION),
          row('GB-seconds of the monitor', 0.5 * MINUTES, 13.3334 / MILLION),
          row('schedule', MINUTES, 1 / MILLION),
          row('SQS requests', 2 * MINUTES, 0.4 / MILLION),
          row('S3 reads of the monitor', MINUTES, 0.0004 / 1000),
          row('GB of log lines', 0.018, 0.5),
        ]
      : []),
  ];
}

export function sum(rows: readonly CostRow[]): number {
  return rows.reduce((total, { count, price }) => total + count * price, 0);
}

/** Of the system's disk and of Docker's, a GB and month; of a public address, an hour. */
export const DISK_GB_MONTH = 0.08;
export const ADDRESS_HOUR = 0.005;

/** Beside the machine itself: its disks and its address, in an hour. */
export function besideTheMachine({ EBS_VOL_SIZE, ASSIGN_IP }: Config): number {
  const disks = ((SYSTEM_DISK_GB + EBS_VOL_SIZE) * DISK_GB_MONTH) / HOURS_A_MONTH;
  return disks + (ASSIGN_IP ? ADDRESS_HOUR : 0);
}
