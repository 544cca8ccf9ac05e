/** Images in ECR, asked through its API: `docker login` is not needed. */
import type { ClientOptions } from '../aws/clients.ts';
import { ecrClient } from '../aws/deploy-clients.ts';
import type { EcrRepository } from '../infrastructure/image.ts';

/**
 * @param version a tag, or `sha256:...`
 * @returns `there`, or why not, as the end of a sentence
 */
export async function ecrHas(
  options: ClientOptions,
  { account, region, name }: EcrRepository,
  version: string,
): Promise<string> {
  const client = await ecrClient({ ...options, region });
  const { DescribeImagesCommand } = await import('@aws-sdk/client-ecr');
  const imageIds = [version.startsWith('sha256:') ? { imageDigest: version } : { imageTag: version }];
  try {
    await client.send(new DescribeImagesCommand({ registryId: account, repositoryName: name, imageIds }));
    return 'there';
  } catch (error) {
    switch (error instanceof Error ? error.name : '') {
      case 'RepositoryNotFoundException':
        return `ECR has no repository ${name} in ${region} (account ${account})`;
      case 'ImageNotFoundException':
        return `the repository ${name} has no ${version}`;
      default:
        throw error;
    }
  } finally {
    client.destroy();
  }
}
