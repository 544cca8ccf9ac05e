/** What deploying and removing asks of AWS, with the user's own credentials. */
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import { s3Client, sqsClient, type ClientOptions } from '../aws/clients.ts';
import { autoScalingClient, cloudFormationClient, ec2Client, ecsClient } from '../aws/control-clients.ts';
import { stsClient } from '../aws/deploy-clients.ts';

export interface Aws {
  readonly autoScaling: AutoScalingClient;
  readonly cloudFormation: CloudFormationClient;
  readonly ec2: EC2Client;
  readonly ecs: ECSClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  /** For the one client that is made only where it is needed. */
  readonly options: ClientOptions;
}

export function connect(options: ClientOptions): Aws {
  return {
    autoScaling: autoScalingClient(options),
    cloudFormation: cloudFormationClient(options),
    ec2: ec2Client(options),
    ecs: ecsClient(options),
    s3: s3Client(options),
    sqs: sqsClient(options),
    sts: stsClient(options),
    options,
  };
}
