import { Match } from '../synth.ts';
import { environment, jobQueue, all, type Landing } from './landing.ts';

export const queue = {
  SQS_QUEUE_NAME: { other: { SQS_QUEUE_NAME: 'jobs-of-ours' }, lands: jobQueue(() => ({})) },
  SQS_MESSAGE_VISIBILITY: {
    other: { SQS_MESSAGE_VISIBILITY: 43_200 },
    lands: all(
      jobQueue((config) => ({ VisibilityTimeout: config.SQS_MESSAGE_VISIBILITY })),
      environment('SQS_MESSAGE_VISIBILITY', (config) => config.SQS_MESSAGE_VISIBILITY),
    ),
  },
  SQS_DEAD_LETTER_QUEUE: {
    other: { SQS_DEAD_LETTER_QUEUE: 'user_DeadMessages' },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: config.SQS_DEAD_LETTER_QUEUE,
        RedrivePolicy: Match.absent(),
      });
    },
  },
  USE_EXISTING_DEAD_LETTER_QUEUE: {
    other: { USE_EXISTING_DEAD_LETTER_QUEUE: true },
    lands: (template, config) => {
      template.resourceCountIs('AWS::SQS::Queue', config.USE_EXISTING_DEAD_LETTER_QUEUE ? 1 : 2);
    },
  },
  JOB_RETRIES: {
    other: { JOB_RETRIES: 9 },
    lands: all(
      jobQueue((config) => ({
        RedrivePolicy: Match.objectLike({ maxReceiveCount: config.JOB_RETRIES + 4 }),
      })),
      environment('JOB_RETRIES', (config) => config.JOB_RETRIES),
    ),
  },
  RETRY_DELAY_SECONDS: {
    other: { RETRY_DELAY_SECONDS: 0 },
    lands: environment('RETRY_DELAY_SECONDS', (config) => config.RETRY_DELAY_SECONDS),
  },
  LOG_GROUP_NAME: {
    other: { LOG_GROUP_NAME: 'lab/plates' },
    lands: (template, config) => {
      const names = Object.values(template.findResources('AWS::Logs::LogGroup')).map(
        ({ Properties }) => (Properties as { LogGroupName: string }).LogGroupName,
      );
      expect(names.sort()).toEqual(
        ['', '_cleanup', '_monitor', '_perInstance'].map((ending) => config.LOG_GROUP_NAME + ending),
      );
    },
  },
} as const satisfies Readonly<Record<string, Landing>>;
