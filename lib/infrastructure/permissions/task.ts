/** The two roles of a worker's task: what ECS does for it, and what it does itself. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import { pullStatements } from './pull.ts';
import { allow } from './statement.ts';

/** ECS on a task's behalf: pull the image, write the container's log. */
export function executionStatements(arns: Arns, logGroup: string): PolicyStatement[] {
  return [
    allow('WriteJobLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup]),
    ...pullStatements(arns),
    ...(arns.secret === undefined
      ? []
      : [allow('ReadRegistryLogin', ['secretsmanager:GetSecretValue'], [arns.secret])]),
  ];
}

/** The worker, and so the user's script. */
export function workerStatements(
  arns: Arns,
  own: { readonly queue: string; readonly deadLetters: string; readonly setsAcl: boolean },
): PolicyStatement[] {
  return [
    allow(
      'WorkOnJobs',
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage', // a failed job goes back with its history
      ],
      [own.queue],
    ),
    allow('GiveUpJobs', ['sqs:SendMessage'], [own.deadLetters]),
    // Without ListBucket, S3 answers 'forbidden' where it means 'not there'.
    allow('ListInputsAndOutputs', ['s3:ListBucket'], unique([arns.source, arns.destination])),
    allow(
      'ReadInputs',
      ['s3:GetObject'],
      unique([`${arns.source}/*`, `${arns.destination}/*`, ...arns.script]),
    ),
    allow(
      'WriteOutputs',
      ['s3:AbortMultipartUpload', 's3:PutObject', ...(own.setsAcl ? ['s3:PutObjectAcl'] : [])],
      [`${arns.destination}/*`],
    ),
  ];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
