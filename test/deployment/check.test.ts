/** What stands in a deployment's way, seen in an emulated account. */
import { CreateKeyPairCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/aws/clients.ts';
import { ecrClient } from '../../lib/aws/deploy-clients.ts';
import { connect, type Aws } from '../../lib/deployment/aws.ts';
import { motoIsMissing, startMoto, type Moto } from '../fixtures/moto.ts';
import { keys, look, REGION, told } from './look.ts';

const whereMotoIs = motoIsMissing() === undefined ? describe : describe.skip;

whereMotoIs('in an account', () => {
  let moto: Moto;
  let aws: Aws;
  let bucket: (name: string, region: string) => Promise<void>;

  beforeAll(async () => {
    moto = await startMoto();
    aws = connect({ region: REGION, endpoint: moto.endpoint, credentials: keys });
    bucket = async (name, region) => {
      const s3 = s3Client({ region, endpoint: moto.endpoint, credentials: keys });
      const where =
        region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: REGION } as const };
      await s3.send(new CreateBucketCommand({ Bucket: name, ...where }));
    };
  }, 300_000);
  afterAll(() => moto.stop());

  test('given nothing of what the config names, then all of it is told at once, each with its value and its fix', async () => {
    const checked = await look(aws, {
      SSH_KEY_NAME: 'my-key.pem',
      SSH_CIDR: '203.0.113.7/32',
      VPC_ID: 'vpc-0123456789abcdef0',
      SQS_DEAD_LETTER_QUEUE: 'Failed',
      USE_EXISTING_DEAD_LETTER_QUEUE: true,
      ECS_CLUSTER: 'ours',
      USE_EXISTING_CLUSTER: true,
      DOCKERHUB_TAG: `123456789012.dkr.ecr.${REGION}.amazonaws.com/fiji:1`,
    });
    expect(told(checked).sort()).toEqual([
      'problem: The account 123456789012 is not prepared for CDK in eu-central-1 (bootstrapped, as AWS calls it).',
      'problem: There is no ECS cluster called ours (ECS_CLUSTER) in eu-central-1.',
      'problem: There is no bucket called plates-of-ours (AWS_BUCKET).',
      'problem: There is no key pair called my-key (SSH_KEY_NAME) in eu-central-1; there is none at all.',
      'problem: There is no network called vpc-0123456789abcdef0 (VPC_ID) in eu-central-1.',
      'problem: There is no queue called Failed (SQS_DEAD_LETTER_QUEUE) in eu-central-1.',
      `risk: There is no image 123456789012.dkr.ecr.${REGION}.amazonaws.com/fiji:1 (DOCKERHUB_TAG): ECR has no repository fiji in ${REGION} (account 123456789012).`,
    ]);
    expect(checked.findings.every(({ fix }) => fix !== undefined && fix.length > 20)).toBe(true);
  });

  test('given all of it, then there is nothing to say but the image that could not be asked for', async () => {
    await bucket('plates-of-ours', REGION);
    await bucket(`cdk-hnb659fds-assets-123456789012-${REGION}`, REGION);
    await aws.ec2.send(new CreateKeyPairCommand({ KeyName: 'my-key' }));
    const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({}));
    const checked = await look(aws, {
      SSH_KEY_NAME: 'my-key.pem',
      SSH_CIDR: '203.0.113.7/32',
      VPC_ID: Vpcs[0]!.VpcId!,
    });
    expect(checked.findings).toEqual([
      {
        kind: 'note',
        message:
          'Whether the image 127.0.0.1:9/fiji:1 exists was not checked: 127.0.0.1:9 did not answer (bad port).',
      },
    ]);
    expect(checked.account).toBe('123456789012');
  });

  test('a key pair nearly right: the right one is offered', async () => {
    const [found] = (await look(aws, { SSH_KEY_NAME: 'my-kye', SSH_CIDR: '203.0.113.7/32' })).findings;
    expect(found).toMatchObject({ kind: 'problem', message: expect.stringContaining('there is my-key') });
    expect(found?.fix).toContain("SSH_KEY_NAME: 'my-key'");
  });

  test("the user's bucket in another region is a risk with that region as the fix; somebody else's images are a note", async () => {
    await bucket('plates-of-virginia', 'us-east-1');
    const own = await look(aws, { AWS_BUCKET: 'plates-of-virginia' });
    expect(told(own)).toEqual([
      "risk: The bucket plates-of-virginia (AWS_BUCKET) is in us-east-1, and AWS_REGION is 'eu-central-1': all that goes between them crosses regions, which is slower, and AWS charges each GB.",
    ]);
    expect(own.findings[0]?.fix).toContain("AWS_REGION: 'us-east-1'");
    const source = await look(aws, { SOURCE_BUCKET: 'plates-of-virginia' });
    expect(told(source)[0]).toMatch(/^note: The bucket plates-of-virginia \(SOURCE_BUCKET\) is in us-east-1/);
  });

  test('an image in ECR: its tag is looked for', async () => {
    const ecr = await ecrClient({ region: REGION, endpoint: moto.endpoint, credentials: keys });
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'lab/fiji' }));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, layers: [], config: {} });
    await ecr.send(new PutImageCommand({ repositoryName: 'lab/fiji', imageTag: '1.54p', imageManifest }));
    const name = `123456789012.dkr.ecr.${REGION}.amazonaws.com/lab/fiji`;
    expect(told(await look(aws, { DOCKERHUB_TAG: `${name}:1.54p` }))).toEqual([]);
    expect(told(await look(aws, { DOCKERHUB_TAG: `${name}:1.54q` }))).toEqual([
      `risk: There is no image ${name}:1.54q (DOCKERHUB_TAG): the repository lab/fiji has no 1.54q.`,
    ]);
  });

  test('names that are taken are told before anything is made', async () => {
    const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'TakenQueue' }));
    await aws.ecs.send(new CreateClusterCommand({ clusterName: 'Taken' }));
    expect(QueueUrl).toContain('TakenQueue');
    expect(told(await look(aws, { APP_NAME: 'Taken' }))).toEqual([
      'problem: A queue called TakenQueue (SQS_QUEUE_NAME) is in eu-central-1 already, and not of this run.',
      'problem: An ECS cluster called Taken (ECS_CLUSTER) is in eu-central-1 already, and not of this run.',
    ]);
  });
});
