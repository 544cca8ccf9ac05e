/** Clients that only deploying and removing need. ECR's is loaded where an image is in ECR: most are not. */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { STSClient } from '@aws-sdk/client-sts';
import { common, type ClientOptions } from './clients.ts';

export const stsClient = (options: ClientOptions = {}): STSClient => new STSClient(common(options));

export async function ecrClient(options: ClientOptions = {}): Promise<ECRClient> {
  const { ECRClient: Client } = await import('@aws-sdk/client-ecr');
  return new Client(common(options));
}
