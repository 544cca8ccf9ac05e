/** `deploy` and `destroy` as their users start them, up to where they would change anything; the rest is in test:deploy. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sqsClient } from '../../lib/aws/clients.ts';
import { cloudFormationClient } from '../../lib/aws/control-clients.ts';
import { SETTINGS_OUTPUT } from '../../lib/monitor/settings.ts';
import { aFolder } from '../fixtures/folder.ts';
import { motoIsMissing, startMoto, type Moto } from '../fixtures/moto.ts';
import { cli } from './cli.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const whereMotoIs = motoIsMissing() === undefined ? describe : describe.skip;
let kept: NodeJS.ProcessEnv;
let folder: string;

async function configOf(options: object): Promise<string> {
  const path = join(folder, "the lab's config.ts");
  const filledIn = {
    AWS_BUCKET: 'plates',
    SCRIPT_DOWNLOAD_URL: 's3://plates/count.py',
    DOCKERHUB_TAG: '127.0.0.1:9/fiji:1',
  };
  await writeFile(
    path,
    `export default ${JSON.stringify({ APP_NAME: 'Plates', ...filledIn, ...options })};\n`,
  );
  return path;
}

beforeAll(async () => {
  kept = process.env;
  folder = await aFolder();
});
afterAll(() => {
  process.env = kept;
});

test('deploy: what has to be filled in first is said before AWS is asked', async () => {
  const { code, stderr } = await cli('deploy', '--config', await configOf({ SCRIPT_DOWNLOAD_URL: '' }));
  expect(code).toBe(1);
  expect(stderr).toContain('SCRIPT_DOWNLOAD_URL is empty');
  expect(stderr).toContain('[CONFIG_INVALID]');
});

whereMotoIs('in an account', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
    process.env = {
      ...kept,
      HOME: folder,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }, 300_000);
  afterAll(() => moto.stop());

  test('deploy: refuses with all that is wrong, and has changed nothing', async () => {
    const { code, stdout, stderr } = await cli('deploy', '--config', await configOf({}));
    expect(code).toBe(1);
    expect(stdout).toBe('Looking at your account, buckets and image ...\n');
    expect(stderr).toMatch(
      /^\nNothing was deployed: 2 things stand in the way\.\n {2}- There is no bucket called plates /,
    );
    expect(stderr).toContain('Fix: Run once, with an administrator');
    expect(stderr).toMatch(/\n\[DEPLOY_REFUSED\]\n$/);
  });

  test('destroy: no run is nothing to remove, and no failure', async () => {
    const { code, stdout } = await cli('destroy', '--config', await configOf({ APP_NAME: 'Gone' }));
    expect(code).toBe(0);
    expect(stdout).toContain(
      'There is no run Gone in us-east-1 of the account 123456789012: nothing to remove.',
    );
  });

  test('destroy: with jobs left and nobody to ask, says how many and what to type, and loses none', async () => {
    const access = { region: 'us-east-1', endpoint: moto.endpoint, credentials };
    const sqs = sqsClient(access);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'PlatesQueue' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a job' }));
    const settings = { SQS_QUEUE_URL: QueueUrl };
    const TemplateBody = JSON.stringify({
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      Outputs: { [SETTINGS_OUTPUT]: { Value: JSON.stringify(settings) } },
    });
    await cloudFormationClient(access).send(new CreateStackCommand({ StackName: 'Plates', TemplateBody }));

    const config = await configOf({});
    const { code, stdout, stderr } = await cli('destroy', '--config', config);
    expect(code).toBe(1);
    expect(stdout).toContain('With it these are lost:\n  - 1 job in the queue');
    expect(stderr).toContain(`npm run destroy -- --force --config '${config.replaceAll("'", `'\\''`)}'`);
    const AttributeNames = ['ApproximateNumberOfMessages'] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });
});
