/** Looks before a deployment, with a config that is right but for what a test changes. */
import { type ConfigInput, derive, parseConfig } from '../../lib/config/index.ts';
import type { Aws } from '../../lib/deployment/aws.ts';
import { checkDeployment } from '../../lib/deployment/check.ts';

export const REGION = 'eu-central-1';
export const keys = { accessKeyId: 'test', secretAccessKey: 'test' };

export const valid = {
  AWS_REGION: REGION,
  AWS_BUCKET: 'plates-of-ours',
  SCRIPT_DOWNLOAD_URL: 'https://example.org/count.groovy',
  // Nothing listens there: whether the image exists cannot be asked.
  DOCKERHUB_TAG: '127.0.0.1:9/fiji:1',
} satisfies ConfigInput;

export async function look(aws: Aws, over: ConfigInput = {}) {
  const config = parseConfig({ ...valid, ...over });
  return checkDeployment({ config, derived: derive(config), aws });
}

/** Without the note on the image. */
export const told = ({ findings }: Awaited<ReturnType<typeof look>>): string[] =>
  findings
    .filter(({ message }) => !message.startsWith('Whether the image'))
    .map(({ kind, message }) => `${kind}: ${message}`);
