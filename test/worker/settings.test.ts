import { describe, expect, test } from '@jest/globals';
import { readSettings, toEnvironment, WorkerSettingsError } from '../../lib/worker/settings.ts';
import { settingsWith } from './settings.fixture.ts';

describe('what a worker is told', () => {
  test('survives the way through environment variables', () => {
    const settings = settingsWith({
      VIRTUAL_DISPLAY: true,
      NECESSARY_STRING: ' _mask ü$HOME',
      DISK_BYTES: 5e9,
    });

    expect(readSettings({ PATH: '/bin', ...toEnvironment(settings) })).toEqual(settings);
  });

  test('names every missing and every wrong variable at once, with the value', () => {
    const environment = toEnvironment(settingsWith());
    delete environment.SQS_QUEUE_URL;
    environment.APP_NAME = '';
    environment.JOB_RETRIES = 'three';
    environment.INPUT_MODE = 'stream';

    const read = () => readSettings(environment);
    expect(read).toThrow(WorkerSettingsError);
    expect(read).toThrow(/- APP_NAME is missing\n(.*\n)*.*- SQS_QUEUE_URL is missing/);
    expect(read).toThrow(/INPUT_MODE is "stream": .*"mount"\|"download"\|"folder"/);
    expect(read).toThrow(/JOB_RETRIES is "three"/);
  });

  test('refuses a mount of a folder, and a bucket as a folder', () => {
    const environment = toEnvironment(settingsWith());

    expect(() => readSettings({ ...environment, INPUT_MODE: 'mount' })).toThrow(
      /INPUT_MODE is "mount", but SOURCE/,
    );
    expect(() => readSettings({ ...environment, SOURCE: 's3://images' })).toThrow(
      /INPUT_MODE is "folder", but SOURCE/,
    );
  });
});
