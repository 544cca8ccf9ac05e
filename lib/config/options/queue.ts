/** The queue of jobs, what happens to jobs that fail, and where logs go. */
import { flag, optionalText, whole } from '../values.ts';

const queueName = 'a queue name of 1-80 letters, digits, hyphens and underscores';

export const queue = {
  /**
   * Name of the queue that your jobs wait in. Created with the run and removed with it.
   * @default APP_NAME + 'Queue'
   */
  SQS_QUEUE_NAME: optionalText(queueName, /^[A-Za-z0-9_-]{1,80}$/),

  /**
   * Seconds until a job is given out again after its machine vanished without a word; at most 43200.
   * A running job keeps renewing it, so it need not fit the length of a job.
   * @default 600
   */
  SQS_MESSAGE_VISIBILITY: whole('seconds', { min: 30, max: 43_200 }).default(600),

  /**
   * Name of the queue that jobs go to after JOB_RETRIES failures, with their reasons; created with the run and
   * removed with it. Or the ARN of one that you have.
   * @default APP_NAME + 'DeadMessages'
   */
  SQS_DEAD_LETTER_QUEUE: optionalText(
    `${queueName}, or an ARN (arn:aws:sqs:...)`,
    /^(arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:)?[A-Za-z0-9_-]{1,80}$/,
  ),

  /**
   * Whether SQS_DEAD_LETTER_QUEUE exists already: then it is used, and stays when the run is removed.
   * An ARN always means one that exists.
   * @default false
   */
  USE_EXISTING_DEAD_LETTER_QUEUE: flag().default(false),

  /**
   * How often a job may fail before it goes to the dead-letter queue. A machine taken away is no failure.
   * @default 3
   */
  JOB_RETRIES: whole('attempts', { min: 1, max: 1000 }).default(3),

  /**
   * Seconds before a failed job is tried again; doubled for each further failure, never more than 900.
   * @default 30
   */
  RETRY_DELAY_SECONDS: whole('seconds', { min: 0, max: 900 }).default(30),

  /**
   * Name of the log group of your jobs; machines log to the same name with `_perInstance` after it.
   * @default APP_NAME
   */
  LOG_GROUP_NAME: optionalText(
    'a log group name of 1-500 letters, digits and any of . - _ / #, not beginning with aws/',
    /^(?!aws\/)[.\-_/#A-Za-z0-9]{1,500}$/,
  ),
};
