import { type ConfigInput, ConfigInvalidError, parseConfig, type Problem } from '../../lib/config/index.ts';

function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
  return [];
}

const optionsOf = (input: unknown): string[] => problemsOf(input).map(({ option }) => option);

describe('parseConfig', () => {
  test('an empty config is whole: every default is applied', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      APP_NAME: 'DistributedFiji',
      SQS_QUEUE_NAME: 'DistributedFijiQueue',
      SQS_DEAD_LETTER_QUEUE: 'DistributedFijiDeadMessages',
      LOG_GROUP_NAME: 'DistributedFiji',
      ECS_CLUSTER: 'DistributedFiji',
      SOURCE_BUCKET: config.AWS_BUCKET,
      DESTINATION_BUCKET: config.AWS_BUCKET,
    });
    expect(config.SSH_KEY_NAME).toBeUndefined();
  });

  test('names follow APP_NAME and buckets follow AWS_BUCKET unless they are given', () => {
    const config = parseConfig({ APP_NAME: 'Plate_7', AWS_BUCKET: 'ours', DESTINATION_BUCKET: 'theirs' });
    expect(config).toMatchObject({
      SQS_QUEUE_NAME: 'Plate_7Queue',
      SQS_DEAD_LETTER_QUEUE: 'Plate_7DeadMessages',
      LOG_GROUP_NAME: 'Plate_7',
      SOURCE_BUCKET: 'ours',
      DESTINATION_BUCKET: 'theirs',
    });
  });

  test.each([
    ['True', true],
    ['False', false],
    ['true', true],
    [false, false],
  ])('DOWNLOAD_FILES: %p of an old config is %p', (written, meant) => {
    expect(parseConfig({ DOWNLOAD_FILES: written }).DOWNLOAD_FILES).toBe(meant);
  });

  test('numbers written as text, one machine type without a list, a key with .pem, and empty text are understood', () => {
    const config = parseConfig({
      EBS_VOL_SIZE: '40',
      MACHINE_PRICE: '0.25',
      MACHINE_TYPE: 'm5.large',
      SSH_KEY_NAME: 'lab key.pem',
      VPC_ID: '',
    });
    expect(config).toMatchObject({
      EBS_VOL_SIZE: 40,
      MACHINE_PRICE: 0.25,
      MACHINE_TYPE: ['m5.large'],
      SSH_KEY_NAME: 'lab key',
    });
    expect(config.VPC_ID).toBeUndefined();
  });

  test('every mistake is reported at once, each with option, value and fix', () => {
    const input = {
      APP_NAME: "it's $HOME",
      AWS_BUCKET: 's3://my-images/plates',
      EBS_VOL_SIZE: 20,
      MACHINE_PRICE: 'cheap',
      DOWNLOAD_FILES: 'yes',
      TASK_PER_MACHINE: 2,
      SQS_MESSAGE_VISIBILITY: 50_000,
      ON_DEMAND_MACHINES: 9,
    };
    const problems = problemsOf(input);
    expect(problems.map(({ option }) => option)).toEqual(Object.keys(input));
    for (const { option, value, message, fix } of problems) {
      expect(value).toBe(input[option as keyof typeof input]);
      expect(message).toContain(option);
      expect(fix.length).toBeGreaterThan(10);
    }
    expect(() => parseConfig(input)).toThrow('The config has 8 mistakes:');
    expect(problems.find(({ option }) => option === 'TASK_PER_MACHINE')?.fix).toContain('TASKS_PER_MACHINE');
    expect(problems.find(({ option }) => option === 'AWS_BUCKET')?.fix).toContain("'my-images'");
    expect(problems.find(({ option }) => option === 'MACHINE_PRICE')?.message).toContain("'cheap'");
  });

  test.each([
    ['APP_NAME', 'my run (é)', "'my-run-e'"],
    ['AWS_BUCKET', 's3://my-images/plates', "'my-images'"],
    ['DESTINATION_BUCKET', 'My-Images', "'my-images'"],
    ['DOWNLOAD_FILES', 'yes', 'true'],
    ['EBS_VOL_SIZE', '30 GB', '30'],
    ['SSH_CIDR', '203.0.113.7', "'203.0.113.7/32'"],
    ['DOCKERHUB_TAG', 'Lab/Fiji:1', "'lab/fiji:1'"],
    ['SQS_QUEUE_NAME', 'my queue', "'my-queue'"],
    ['MACHINE_PRICE', 'cheap', '0.1, which is the default'],
    ['VPC_ID', 'mine', 'leave VPC_ID out'],
  ])('%s: %j is answered with %s', (option, written, offered) => {
    expect(problemsOf({ [option]: written })[0]?.fix).toContain(offered);
  });

  test('an option of a sibling project is named with the reason why it is not needed', () => {
    expect(problemsOf({ WORKSPACE_BUCKET: 'x' })[0]?.fix).toContain('SOURCE_BUCKET');
  });

  test.each([[undefined], [null], [3], ['text'], [[]]])('%p is no config', (given) => {
    expect(() => parseConfig(given)).toThrow(ConfigInvalidError);
  });

  const refused: [ConfigInput | Record<string, unknown>, string][] = [
    [{ APP_NAME: '' }, 'APP_NAME'],
    [{ APP_NAME: 'a--b' }, 'APP_NAME'],
    [{ APP_NAME: 'x'.repeat(51) }, 'APP_NAME'],
    [{ DOCKERHUB_TAG: 'https://hub.docker.com/fiji' }, 'DOCKERHUB_TAG'],
    [{ DOCKERHUB_TAG: 'Fiji:1' }, 'DOCKERHUB_TAG'],
    [{ SCRIPT_DOWNLOAD_URL: 's3://bucket' }, 'SCRIPT_DOWNLOAD_URL'],
    [{ SCRIPT_DOWNLOAD_URL: 'ftp://host/script.py' }, 'SCRIPT_DOWNLOAD_URL'],
    [{ SCRIPT_DOWNLOAD_URL: 'http://host/script.py' }, 'SCRIPT_DOWNLOAD_URL'],
    [{ AWS_REGION: 'virginia' }, 'AWS_REGION'],
    [{ AWS_REGION: 'us-eest-1' }, 'AWS_REGION'],
    [{ AWS_REGION: 'us-east-1a' }, 'AWS_REGION'],
    [{ AWS_BUCKET: 'Upper' }, 'AWS_BUCKET'],
    [{ AWS_BUCKET: '10.0.0.1' }, 'AWS_BUCKET'],
    [{ SSH_CIDR: '0.0.0.0/0', SSH_KEY_NAME: 'k' }, 'SSH_CIDR'],
    [{ SSH_CIDR: '10.0.0.0/16' }, 'SSH_CIDR'],
    [{ VPC_ID: 'vpc-xyz' }, 'VPC_ID'],
    [{ ASSIGN_IP: false }, 'ASSIGN_IP'],
    [{ NOTIFY_EMAIL: 'me' }, 'NOTIFY_EMAIL'],
    [{ LOG_RETENTION_DAYS: 61 }, 'LOG_RETENTION_DAYS'],
    [{ ECS_CLUSTER: 'my cluster' }, 'ECS_CLUSTER'],
    [{ USE_EXISTING_CLUSTER: true }, 'USE_EXISTING_CLUSTER'],
    [{ CLUSTER_MACHINES: 0 }, 'CLUSTER_MACHINES'],
    [{ CLUSTER_MACHINES: 2.5 }, 'CLUSTER_MACHINES'],
    [{ CLUSTER_MACHINES: '' }, 'CLUSTER_MACHINES'],
    [{ MACHINE_TYPE: [] }, 'MACHINE_TYPE'],
    [{ MACHINE_TYPE: ['m5.large', 'm6g.large'] }, 'MACHINE_TYPE'],
    [{ MACHINE_TYPE: ['m5.large', 'm5.large'] }, 'MACHINE_TYPE'],
    [{ MACHINE_TYPE: ['m5.lage'] }, 'MACHINE_TYPE'],
    [{ MACHINE_TYPE: ['a1.2xlarge'] }, 'MACHINE_TYPE'],
    [{ MACHINE_PRICE: 0 }, 'MACHINE_PRICE'],
    [{ MACHINE_PRICE: Number.NaN }, 'MACHINE_PRICE'],
    [{ EBS_VOL_SIZE: 21 }, 'EBS_VOL_SIZE'],
    [{ MACHINE_TYPE: ['m5.16xlarge'], TASKS_PER_MACHINE: 11, EBS_VOL_SIZE: 22 }, 'EBS_VOL_SIZE'],
    [{ DOCKER_CORES: 3 }, 'DOCKER_CORES'],
    [{ CPU_SHARES: 2049 }, 'CPU_SHARES'],
    [{ JOB_TIMEOUT_MINUTES: 691 }, 'JOB_TIMEOUT_MINUTES'],
    [{ SQS_MESSAGE_VISIBILITY: 43_201 }, 'SQS_MESSAGE_VISIBILITY'],
    [{ SQS_QUEUE_NAME: 'jobs.fifo' }, 'SQS_QUEUE_NAME'],
    [{ SQS_QUEUE_NAME: 'Same', SQS_DEAD_LETTER_QUEUE: 'Same' }, 'SQS_DEAD_LETTER_QUEUE'],
    [{ SQS_DEAD_LETTER_QUEUE: 'arn:aws:sqs:eu-west-1:123456789012:Dead' }, 'SQS_DEAD_LETTER_QUEUE'],
    [{ LOG_GROUP_NAME: 'a b' }, 'LOG_GROUP_NAME'],
    [{ UPLOAD_FLAGS: '--acl everybody' }, 'UPLOAD_FLAGS'],
    [{ STALLED_AFTER_MINUTES: 60, JOB_TIMEOUT_MINUTES: 60 }, 'STALLED_AFTER_MINUTES'],
  ];
  test.each(refused)('refuses %j because of %s', (input, option) => {
    expect(optionsOf(input)).toEqual([option]);
  });

  const accepted: (ConfigInput | Record<string, unknown>)[] = [
    { DOCKERHUB_TAG: '123456789012.dkr.ecr.us-east-1.amazonaws.com/lab/fiji:2024' },
    { DOCKERHUB_TAG: `ghcr.io/lab/fiji@sha256:${'a'.repeat(64)}` },
    { DOCKERHUB_TAG: 'localhost:5000/fiji' },
    { SCRIPT_DOWNLOAD_URL: './my scripts/zählen.py' },
    { SCRIPT_DOWNLOAD_URL: 's3://bucket/scripts/count.py' },
    { AWS_REGION: 'us-gov-west-1' },
    { AWS_REGION: 'eusc-de-east-1' },
    { SSH_CIDR: '203.0.113.7/32', SSH_KEY_NAME: 'k' },
    { ASSIGN_IP: false, VPC_ID: 'vpc-0123456789abcdef0' },
    { MACHINE_TYPE: ['m6g.large', 'm7g.large'] },
    { SQS_DEAD_LETTER_QUEUE: 'arn:aws:sqs:us-east-1:123456789012:Dead' },
    { JOB_TIMEOUT_MINUTES: 690 },
    { UPLOAD_FLAGS: '--acl bucket-owner-full-control --storage-class STANDARD_IA' },
  ];
  test.each(accepted)('accepts %j', (input) => {
    expect(problemsOf(input)).toEqual([]);
  });

  test('what options say together is checked although another option is wrong', () => {
    expect(optionsOf({ MACHINE_PRICE: 'cheap', MEMORY: 9000 })).toEqual(['MACHINE_PRICE', 'MEMORY']);
  });

  test('an option that is wrong in itself is not blamed a second time for what follows from it', () => {
    expect(optionsOf({ MEMORY: 'much', TASKS_PER_MACHINE: 1 })).toEqual(['MEMORY']);
  });
});
