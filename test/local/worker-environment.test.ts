import { parseConfig } from '../../lib/config/index.ts';
import { workerEnvironment } from '../../lib/local/worker-environment.ts';
import { readSettings } from '../../lib/worker/settings.ts';

const plan = {
  config: parseConfig({ APP_NAME: 'Mine', NECESSARY_STRING: '.csv', SOURCE_BUCKET: 'my-images' }),
  source: '/home/me/images é',
  destination: '/home/me/results',
  scratch: '/tmp/scratch',
  script: '/home/me/script.py',
  fijiHome: '/opt/Fiji.app',
  jobsPerFiji: 7,
  virtualDisplay: true,
  tries: 2,
  capacity: { workers: 2, memoryMiB: 3000, coresEach: 3, reason: '' },
  queue: { queueUrl: 'http://127.0.0.1:1/q', deadLetterQueueUrl: 'http://127.0.0.1:1/d', environment: {} },
};

test('a worker reads back what it was told', () => {
  expect(readSettings(workerEnvironment(plan, {}))).toMatchObject({
    APP_NAME: 'Mine',
    SOURCE: '/home/me/images é',
    DESTINATION: '/home/me/results',
    SOURCE_BUCKET: 'my-images',
    INPUT_MODE: 'folder',
    SCRIPT_DOWNLOAD_URL: '/home/me/script.py',
    FIJI_HOME: '/opt/Fiji.app',
    JOBS_PER_FIJI: 7,
    VIRTUAL_DISPLAY: true,
    JOB_RETRIES: 2,
    MEMORY: 3000,
    CORES: 3,
    NECESSARY_STRING: '.csv',
    STOP_WHEN_STDIN_CLOSES: true,
  });
});

test("the user's shell is passed on, without what would be taken for a setting", () => {
  const environment = workerEnvironment(plan, {
    PATH: '/bin',
    DISK_BYTES: '5',
    MEMORY: '1',
    MOUNT_PATH: '/x',
  });
  expect(environment).toMatchObject({ PATH: '/bin', MEMORY: '3000' });
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['DISK_BYTES']));
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['MOUNT_PATH']));
});
