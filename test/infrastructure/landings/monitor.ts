import { derive } from '../../../lib/config/index.ts';
import { Match } from '../synth.ts';
import { environment, hostSetting, monitorSetting, all, type Landing } from './landing.ts';

export const monitor = {
  AUTO_MONITOR: {
    other: { AUTO_MONITOR: false },
    lands: (template, config) => {
      template.resourceCountIs('AWS::Scheduler::Schedule', config.AUTO_MONITOR ? 1 : 0);
      template.resourceCountIs('AWS::Lambda::Function', config.AUTO_MONITOR ? 2 : 1);
      template.resourceCountIs('AWS::CloudWatch::Alarm', config.AUTO_MONITOR ? 3 : 2);
      template.hasOutput('MonitorSettings', {}); // `npm run monitor` reads them in either case
    },
  },
  CREATE_DASHBOARD: {
    other: { CREATE_DASHBOARD: false },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: derive(config).monitorFunctionName,
        Environment: {
          Variables: { DASHBOARD_NAME: config.CREATE_DASHBOARD ? config.APP_NAME : Match.absent() },
        },
      });
    },
  },
  CLEAN_DASHBOARD: {
    other: { CLEAN_DASHBOARD: false },
    lands: (template, config) => {
      template.resourceCountIs('AWS::CloudWatch::Dashboard', config.CLEAN_DASHBOARD ? 0 : 1);
      template.hasResourceProperties('Custom::EmptyFleet', {
        Dashboard: config.CLEAN_DASHBOARD ? config.APP_NAME : '',
      });
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: derive(config).monitorFunctionName,
        Environment: {
          Variables: { DASHBOARD_NAME: config.CLEAN_DASHBOARD ? config.APP_NAME : Match.absent() },
        },
      });
    },
  },
  WORKER_IDLE_SECONDS: {
    other: { WORKER_IDLE_SECONDS: 20 },
    lands: all(
      environment('IDLE_SECONDS', (config) => config.WORKER_IDLE_SECONDS),
      monitorSetting('WORKER_IDLE_SECONDS', (config) => config.WORKER_IDLE_SECONDS),
    ),
  },
  MACHINE_IDLE_MINUTES: {
    other: { MACHINE_IDLE_MINUTES: 33 },
    lands: hostSetting((config) => `MACHINE_IDLE_MINUTES='${String(config.MACHINE_IDLE_MINUTES)}'`),
  },
  MACHINE_START_MINUTES: {
    other: { MACHINE_START_MINUTES: 44 },
    lands: monitorSetting('MACHINE_START_MINUTES', (config) => config.MACHINE_START_MINUTES),
  },
  FAILURES_BEFORE_PAUSE: {
    other: { FAILURES_BEFORE_PAUSE: 0 },
    lands: monitorSetting('FAILURES_BEFORE_PAUSE', (config) => config.FAILURES_BEFORE_PAUSE),
  },
  STALLED_AFTER_MINUTES: {
    other: { STALLED_AFTER_MINUTES: 240 },
    lands: all(
      monitorSetting('STALLED_AFTER_MINUTES', (config) => config.STALLED_AFTER_MINUTES),
      (template, config) => {
        template.hasResourceProperties('AWS::CloudWatch::Alarm', {
          EvaluationPeriods: config.STALLED_AFTER_MINUTES / 5,
          TreatMissingData: 'notBreaching',
        });
      },
    ),
  },
  CHECK_IF_DONE_BOOL: { other: { CHECK_IF_DONE_BOOL: false } },
  EXPECTED_NUMBER_FILES: {
    other: { EXPECTED_NUMBER_FILES: 7 },
    lands: environment('EXPECTED_NUMBER_FILES', (config) => config.EXPECTED_NUMBER_FILES),
  },
  MIN_FILE_SIZE_BYTES: {
    other: { MIN_FILE_SIZE_BYTES: 1000 },
    lands: environment('MIN_FILE_SIZE_BYTES', (config) => config.MIN_FILE_SIZE_BYTES),
  },
  NECESSARY_STRING: {
    other: { NECESSARY_STRING: "a'b $HOME é" },
    lands: environment('NECESSARY_STRING', (config) => config.NECESSARY_STRING),
  },
} as const satisfies Readonly<Record<string, Landing>>;
