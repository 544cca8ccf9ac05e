import {
  type ConfigInput,
  ConfigInvalidError,
  derive,
  parseConfig,
  requireFilledIn,
} from '../../lib/config/index.ts';

const derivedFrom = (input: ConfigInput) => derive(parseConfig(input));

describe('derive', () => {
  test('disk per container is EBS_VOL_SIZE / TASKS_PER_MACHINE - 2 GB', () => {
    const config = { MACHINE_TYPE: ['m5.16xlarge'], EBS_VOL_SIZE: 165, TASKS_PER_MACHINE: 16 };
    expect(derivedFrom(config).diskPerContainerGB).toBe(8.3125);
    expect(derivedFrom({ EBS_VOL_SIZE: 22 }).diskPerContainerGB).toBe(20);
  });

  test('cores and CPU units are shared so that exactly TASKS_PER_MACHINE fit the smallest type', () => {
    const config = parseConfig({
      MACHINE_TYPE: ['m5.2xlarge', 'm5.xlarge'],
      TASKS_PER_MACHINE: 3,
      MEMORY: 3000,
    });
    expect(config.CPU_SHARES).toBe(1365);
    expect(config.DOCKER_CORES).toBe(1);
    expect(derive(config).smallestMachine).toMatchObject({ vcpus: 4, memoryMiB: 16_384 });
  });

  test('names of two configs never meet in one stack', () => {
    expect(derivedFrom({ APP_NAME: 'Plate_7' }).stackName).toBe('Plate--7');
    expect(derivedFrom({ APP_NAME: 'Plate-7' }).stackName).toBe('Plate-7');
  });

  test('a dead-letter queue by its ARN is somebody else’s, and so is a cluster that exists', () => {
    expect(derivedFrom({ SQS_DEAD_LETTER_QUEUE: 'arn:aws:sqs:us-east-1:123456789012:Dead' })).toMatchObject({
      deadLetterQueueName: 'Dead',
      deadLetterQueueExists: true,
    });
    expect(derivedFrom({})).toMatchObject({ deadLetterQueueExists: false, clusterExists: false });
    expect(derivedFrom({ ECS_CLUSTER: 'default' }).clusterExists).toBe(true);
    expect(derivedFrom({ ECS_CLUSTER: 'lab', USE_EXISTING_CLUSTER: true }).clusterExists).toBe(true);
  });

  test('ARM and GPU machines are told from the table', () => {
    expect(derivedFrom({ MACHINE_TYPE: ['m6g.large'] }).architecture).toBe('arm64');
    const four = { MACHINE_TYPE: ['g4dn.12xlarge'], TASKS_PER_MACHINE: 2, EBS_VOL_SIZE: 60 };
    expect(derivedFrom(four)).toMatchObject({ gpus: 4, gpusPerTask: 2 });
    // A part of a GPU is one to whoever uses it.
    expect(derivedFrom({ MACHINE_TYPE: ['g6f.2xlarge'] })).toMatchObject({ gpus: 1, gpusPerTask: 1 });
  });
});

describe('requireFilledIn', () => {
  test('names what stands for the user’s own', () => {
    const check = () => {
      requireFilledIn(parseConfig({}));
    };
    expect(check).toThrow(ConfigInvalidError);
    expect(check).toThrow(/AWS_BUCKET is still 'your-bucket-name'[^]*SCRIPT_DOWNLOAD_URL is empty/);
  });

  test.each([
    ['in the bucket that stands for the user’s', 's3://your-bucket-name/count.py'],
    ['on this computer', './my scripts/count.py'],
  ])('names a script %s', (_, address) => {
    const config = parseConfig({ AWS_BUCKET: 'ours', SCRIPT_DOWNLOAD_URL: address });
    expect(() => {
      requireFilledIn(config);
    }).toThrow('SCRIPT_DOWNLOAD_URL is');
  });

  test.each([['s3://ours/count.py'], ['https://example.org/count.py'], ['/opt/in-the-image/count.py']])(
    'lets a config pass that is filled in: %s',
    (address) => {
      const config = parseConfig({ AWS_BUCKET: 'ours', SCRIPT_DOWNLOAD_URL: address });
      expect(() => {
        requireFilledIn(config);
      }).not.toThrow();
    },
  );
});
