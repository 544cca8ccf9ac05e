/**
 * `npm run check:security`: the CDK's own validator of templates, cdk-nag (AwsSolutions), cfn-lint and checkov over the
 * stacks of several configs. Fails on any finding without an acknowledgement (acknowledged.ts) and on any acknowledgement
 * without a finding.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import manyContainers from '../../../examples/configs/many-containers.ts';
import manyMachines from '../../../examples/configs/many-machines.ts';
import small from '../../../examples/configs/small.ts';
import { type ConfigInput, parseConfig } from '../../../lib/config/index.ts';
import { DistributedFijiStack } from '../../../lib/infrastructure/stack.ts';
import { pythonPackages } from '../../fixtures/python.ts';
import { deployable, standInArtifacts } from '../../infrastructure/synth.ts';
import { acknowledged } from './acknowledged.ts';

interface Finding {
  readonly tool: string;
  readonly config: string;
  readonly rule: string;
  readonly where: string;
  readonly says: string;
}

const configs: Readonly<Record<string, ConfigInput>> = {
  'many containers': manyContainers,
  'many machines': manyMachines,
  small,
  'every feature': {
    NOTIFY_EMAIL: 'you@example.org',
    SSH_KEY_NAME: 'our-key',
    SSH_CIDR: '203.0.113.7/32',
    DOCKERHUB_TAG: '123456789012.dkr.ecr.us-east-1.amazonaws.com/fiji:1',
    ECS_CLUSTER: 'shared',
    USE_EXISTING_CLUSTER: true,
    SOURCE_BUCKET: 'cellpainting-gallery',
    UPLOAD_FLAGS: '--acl bucket-owner-full-control',
  },
  'ARM machines, private registry': {
    MACHINE_TYPE: ['m7g.large'],
    DOCKER_CREDENTIALS_SECRET: 'registry-login',
    DOWNLOAD_FILES: true,
  },
};

/** The examples still have their placeholders. */
const filledIn = { AWS_BUCKET: deployable.AWS_BUCKET, SCRIPT_DOWNLOAD_URL: deployable.SCRIPT_DOWNLOAD_URL };

const packages = await pythonPackages(['cfn-lint==1.58.0', 'checkov==3.2.459']);
const findings: Finding[] = [];
for (const [name, given] of Object.entries(configs)) findings.push(...(await check(name, given)));
const open = findings.filter((finding) => !acknowledged.some((one) => covers(one, finding)));
const stale = acknowledged.filter((one) => !findings.some((finding) => covers(one, finding)));

for (const { tool, config, rule, where, says } of open)
  say(`OPEN   ${tool} ${rule} at ${where} (${config}): ${says}`);
for (const { rule, reason } of stale) say(`STALE  ${String(rule)} finds nothing any more: ${reason}`);
say(
  `${String(Object.keys(configs).length)} configs, ${String(findings.length)} findings acknowledged or open: ` +
    `${String(open.length)} open, ${String(stale.length)} stale of ${String(acknowledged.length)} acknowledgements`,
);
process.exitCode = open.length + stale.length === 0 ? 0 : 1;

function covers(one: { readonly rule: RegExp; readonly where: RegExp }, finding: Finding): boolean {
  return one.rule.test(finding.rule) && one.where.test(finding.where);
}

async function check(config: string, given: ConfigInput): Promise<Finding[]> {
  const parsed = parseConfig({ ...deployable, ...given, ...filledIn });
  const outdir = mkdtempSync(join(tmpdir(), 'distributed-fiji-security-'));
  const app = new App({ outdir, builtinCloudFormationValidation: true }); // users' own synths leave it out
  const stack = new DistributedFijiStack(app, parsed, standInArtifacts(), {
    env: { region: parsed.AWS_REGION },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  synthQuietly(app);
  const template = join(outdir, stack.templateFile);
  const found = [...reported(outdir), ...(await lint(template)), ...(await checkov(template))];
  rmSync(outdir, { recursive: true });
  return found.map((finding) => ({ config, ...finding }));
}

type Found = Omit<Finding, 'config'>;

/** With findings the CDK throws and prints them all: they are read from its report instead, and judged here. */
function synthQuietly(app: App): void {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = () => true;
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('Validation failed')) throw error;
  } finally {
    process.stderr.write = write;
  }
}

/** The report that the CDK writes beside the template. */
function reported(outdir: string): Found[] {
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
    readonly pluginReports: readonly {
      readonly pluginName: string;
      readonly violations: readonly {
        readonly ruleName: string;
        readonly description: string;
        readonly violatingConstructs: readonly { readonly constructPath: string }[];
      }[];
    }[];
  };
  return pluginReports
    .flatMap(({ pluginName, violations }) => violations.map((each) => ({ pluginName, ...each })))
    .flatMap(({ pluginName, ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({
        tool: pluginName,
        rule: ruleName,
        where: constructPath,
        says: description,
      })),
    );
}

async function lint(template: string): Promise<Found[]> {
  const found = (await python([
    '-c',
    'from cfnlint.runner import main; main()',
    '--format',
    'json',
    template,
  ])) as readonly {
    readonly Message: string;
    readonly Rule: { readonly Id: string };
    readonly Location: { readonly Path: readonly (string | number)[] };
  }[];
  return found.map(({ Message, Rule, Location }) => ({
    tool: 'cfn-lint',
    rule: Rule.Id,
    where: Location.Path.join('/'),
    says: Message,
  }));
}

async function checkov(template: string): Promise<Found[]> {
  const flags = ['--framework', 'cloudformation', '--quiet', '--compact', '--skip-download', '-o', 'json'];
  const report = (await python(['-m', 'checkov.main', ...flags, '-f', template])) as {
    readonly results: {
      readonly failed_checks: readonly {
        readonly check_id: string;
        readonly check_name: string;
        readonly resource: string;
      }[];
    };
  };
  return report.results.failed_checks.map(({ check_id, check_name, resource }) => ({
    tool: 'checkov',
    rule: check_id,
    where: resource.split('.').at(-1) ?? resource,
    says: check_name,
  }));
}

/** Both end with an error code when they find anything: only output that is no JSON is a failure of theirs. */
async function python(words: readonly string[]): Promise<unknown> {
  const env = { ...process.env, PYTHONPATH: packages };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await promisify(execFile)('python3', [...words], options).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${words[1] ?? ''} failed:\n${stdout}\n${stderr}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
