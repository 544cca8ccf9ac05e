/** Given a config: its template. Artifacts are tiny stand-ins: what is in them is no part of a template. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { type ConfigInput, parseConfig } from '../../lib/config/index.ts';
import type { Artifact } from '../../lib/infrastructure/artifact.ts';
import type { Artifacts } from '../../lib/infrastructure/artifacts.ts';
import { DistributedFijiStack } from '../../lib/infrastructure/stack.ts';

export { Match, Template };

const artifactsFolder = mkdtempSync(join(tmpdir(), 'distributed-fiji-artifacts-'));

/** @param version other contents, other digest. */
export function standInArtifacts(version = '1'): Artifacts {
  const artifact = (name: string, file: string): Artifact => {
    const folder = join(artifactsFolder, `${name}-${version}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), version);
    return { folder, digest: Buffer.from(`${name}${version}`.padEnd(32, '0')).toString('hex') };
  };
  return {
    worker: artifact('worker', 'worker.mjs'),
    node: artifact('node', 'node'),
    monitor: artifact('monitor', 'index.js'),
    cleanup: artifact('cleanup', 'index.js'),
  };
}

/** Enough of a config to be deployed. */
export const deployable: ConfigInput = {
  APP_NAME: 'Plates',
  AWS_BUCKET: 'images-of-our-lab',
  SCRIPT_DOWNLOAD_URL: 'https://example.org/count.groovy',
};

/** @param known what a deploy knows beside the config: the account, and what the CDK has looked up in it */
export function stackOf(
  given: ConfigInput,
  artifacts = standInArtifacts(),
  { account, context = {} }: { readonly account?: string; readonly context?: Record<string, unknown> } = {},
): DistributedFijiStack {
  const config = parseConfig({ ...deployable, ...given });
  const outdir = mkdtempSync(join(tmpdir(), 'distributed-fiji-cdk-'));
  const app = new App({ outdir, context, builtinCloudFormationValidation: false }); // as bin/app.ts
  const env = { region: config.AWS_REGION, ...(account !== undefined && { account }) };
  return new DistributedFijiStack(app, config, artifacts, { env });
}

export function templateOf(given: ConfigInput, artifacts = standInArtifacts()): Template {
  return Template.fromStack(stackOf(given, artifacts));
}

/** The script as the machine gets it; what CloudFormation fills in later stands as ${}. */
export function userDataOf(template: Template): string {
  const [found] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')) as {
    Properties: { LaunchTemplateData: { UserData: { 'Fn::Base64': { 'Fn::Join': [string, unknown[]] } } } };
  }[];
  const [, parts] = found!.Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : '${}')).join('');
}
