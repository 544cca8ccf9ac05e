/** Clients for what watches and steers a run in AWS. Beside clients.ts, so that a worker does not carry them. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { common, type ClientOptions } from './clients.ts';

export const autoScalingClient = (options: ClientOptions = {}): AutoScalingClient =>
  new AutoScalingClient(common(options));

export const cloudFormationClient = (options: ClientOptions = {}): CloudFormationClient =>
  new CloudFormationClient(common(options));

export const cloudWatchClient = (options: ClientOptions = {}): CloudWatchClient =>
  new CloudWatchClient(common(options));

export const ec2Client = (options: ClientOptions = {}): EC2Client => new EC2Client(common(options));

export const ecsClient = (options: ClientOptions = {}): ECSClient => new ECSClient(common(options));

/** Two attempts: what it wakes wakes by itself a little later. */
export const lambdaClient = (options: ClientOptions = {}): LambdaClient =>
  new LambdaClient({ ...common(options), maxAttempts: 2 });

export const snsClient = (options: ClientOptions = {}): SNSClient => new SNSClient(common(options));
