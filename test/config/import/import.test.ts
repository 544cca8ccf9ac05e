import { readFileSync } from 'node:fs';
import { check } from 'prettier';
import { type ImportedConfig, importPythonConfig } from '../../../lib/config/import/index.ts';
import { parseConfig } from '../../../lib/config/index.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/configs/${name}.py`, import.meta.url), 'utf8');
const imported = (python: string): ImportedConfig => importPythonConfig(python, './lib/config/index.ts');
const noted = ({ notes }: ImportedConfig, line: number): string =>
  notes
    .filter((note) => note.line === line)
    .map(({ change, text }) => `${change}: ${text}`)
    .join('\n');
/** The line of the fixture that begins so. */
const lineOf = (python: string, start: string): number =>
  python.split('\n').findIndex((line) => line.startsWith(start)) + 1;

describe('a config of the Python Distributed-Fiji', () => {
  const python = fixture('fiji');
  const result = imported(python);

  test('every value arrives, as the type it means', () => {
    expect(result.options).toEqual({
      APP_NAME: 'LabPlates',
      DOCKERHUB_TAG: 'cellprofiler/distributed-fiji:latest',
      AWS_REGION: 'us-east-1',
      AWS_PROFILE: 'default',
      AWS_BUCKET: 'lab-plates',
      ECS_CLUSTER: 'default',
      CLUSTER_MACHINES: 3,
      TASKS_PER_MACHINE: 1,
      MACHINE_TYPE: ['m4.xlarge'],
      MACHINE_PRICE: 0.1,
      EBS_VOL_SIZE: 30,
      DOWNLOAD_FILES: false,
      MEMORY: 4096,
      SCRIPT_DOWNLOAD_URL: 'https://example.org/scripts/count.py',
      SQS_MESSAGE_VISIBILITY: 600,
      AUTO_MONITOR: true,
      CREATE_DASHBOARD: true,
      CLEAN_DASHBOARD: true,
      EXPECTED_NUMBER_FILES: 7,
      MIN_FILE_SIZE_BYTES: 1,
    });
    expect(result.problems).toEqual([]);
  });

  test('names made of APP_NAME go on following it', () => {
    expect(result.text).not.toContain('LabPlatesQueue');
    expect(parseConfig(result.options)).toMatchObject({
      SQS_QUEUE_NAME: 'LabPlatesQueue',
      LOG_GROUP_NAME: 'LabPlates',
    });
  });

  test('an hour of visibility becomes 10 minutes, and that is said', () => {
    const said = noted(result, lineOf(python, 'SQS_MESSAGE_VISIBILITY'));
    expect(said).toContain('changed: SQS_MESSAGE_VISIBILITY: 3600 s became 600 s (10 minutes)');
    expect(result.text).not.toContain('Longer than any job');
  });

  test('names that only stand for the user’s are left out, and that is said', () => {
    expect(noted(result, lineOf(python, 'SSH_KEY_NAME'))).toContain(
      "ignored: SSH_KEY_NAME: 'your-key-file.pem'",
    );
    expect(noted(result, lineOf(python, 'SQS_DEAD_LETTER_QUEUE'))).toContain('ignored');
  });

  test('order, sections and comments stay', () => {
    const options = [...result.text.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(options).toEqual(Object.keys(result.options));
    expect(result.text).toContain('\n\n  // MACHINES:\n  ECS_CLUSTER');
    expect(result.text).toContain('EBS_VOL_SIZE: 30, // GB, never under 22');
  });

  test('Windows line ends and a byte order mark change nothing', () => {
    expect(imported(`\uFEFF${python.replaceAll('\n', '\r\n')}`)).toEqual(result);
  });
});

describe('a config of a sibling project, written freely', () => {
  const python = fixture('cellprofiler');
  const result = imported(python);

  test('what can be read without running it is', () => {
    expect(result.options).toEqual({
      APP_NAME: 'Plate_7',
      DOCKERHUB_TAG: 'cellprofiler/distributed-cellprofiler:2.0.0_4.2.4',
      AWS_REGION: 'eu-central-1',
      DESTINATION_BUCKET: 'lab-results',
      UPLOAD_FLAGS: '--acl bucket-owner-full-control',
      SSH_KEY_NAME: "lab's key",
      TASKS_PER_MACHINE: 1,
      MACHINE_TYPE: ['m5.xlarge', 'm5a.xlarge'],
      DOCKER_CORES: 4,
      CPU_SHARES: 4096,
      MEMORY: 15000,
      SECONDS_TO_START: 180,
      SQS_MESSAGE_VISIBILITY: 600,
      JOB_TIMEOUT_MINUTES: 300,
      SQS_DEAD_LETTER_QUEUE: 'lab_Dead',
      LOG_GROUP_NAME: 'Plate_7_logs',
      NECESSARY_STRING: 'é"\\.csv',
      MIN_FILE_SIZE_BYTES: 16,
      CHECK_IF_DONE_BOOL: false,
    });
  });

  test.each([
    ['from __future__', 'not read: from __future__ import print_function'],
    ['DOCKERHUB_TAG', 'without Fiji'],
    ['aws_region', 'renamed: aws_region is called AWS_REGION'],
    ['AWS_ACCESS_KEY_ID', 'ignored: AWS_ACCESS_KEY_ID: machines have roles'],
    ['AWS_BUCKET', "not used: AWS_BUCKET: 's3://my-bucket/projects'"],
    ['AWS_BUCKET', "AWS_BUCKET: 'my-bucket'"],
    ['WORKSPACE_BUCKET', 'ignored: WORKSPACE_BUCKET'],
    ['KeyName', 'renamed: KeyName is called SSH_KEY_NAME'],
    ['EBS_VOL_SIZE', 'not read: EBS_VOL_SIZE'],
    ['EBS_SPARE', 'EBS_VOL_SIZE has no value that could be read'],
    ['SQS_MESSAGE_VISIBILITY', '18000 s became 600 s'],
    ['SQS_MESSAGE_VISIBILITY', 'JOB_TIMEOUT_MINUTES: 300 was added'],
    ['SQS_DEAD_LETTER_QUEUE', 'USE_EXISTING_DEAD_LETTER_QUEUE'],
    ['if os.path', 'this if is not run'],
    ['USE_PLUGINS', 'ignored: USE_PLUGINS'],
    ['MACHINE_PRICE', "not used: MACHINE_PRICE: 'cheap'"],
    ['BROKEN', 'not valid Python'],
    ['OPEN', 'quotes do not close'],
  ])('line %s: %s', (start, said) => {
    expect(noted(result, lineOf(python, start))).toContain(said);
  });

  test('a value that code may have changed is not kept', () => {
    expect(result.options).not.toHaveProperty('CLUSTER_MACHINES');
    expect(result.text).not.toMatch(/^ {2}CLUSTER_MACHINES/m);
  });

  test('no key is repeated, in the file or in what is said', () => {
    const everything = JSON.stringify(result);
    expect(everything).not.toContain('AKIANOTAREALKEY');
    expect(everything).not.toContain('not-a-real-secret');
  });

  test('text on its own is a comment', () => {
    expect(result.text).toContain('// Second run, after the meeting.\n');
  });
});

test.each(['fiji', 'cellprofiler'])('what comes of %s.py is formatted', async (name) => {
  const options = { parser: 'typescript', singleQuote: true, printWidth: 110 } as const;
  expect(await check(imported(fixture(name)).text, options)).toBe(true);
});

test.each([
  ["'it''s'", 'its'],
  ['"it\'s"', "it's"],
  ["'''a b'''", 'a b'],
  [String.raw`'a\tb\\\x41\u00e9\q'`, 'a\tb\\A\u00e9\\q'],
  ["('x' + 'y')", 'xy'],
  ["'n' + str(3)", 'n3'],
  ["f'{{{A}}}'", '{1}'],
])('NECESSARY_STRING = %s', (expression, value) => {
  expect(imported(`A = 1\nNECESSARY_STRING = ${expression}\n`).options.NECESSARY_STRING).toBe(value);
});

test.each([
  ['2**5', 32],
  ['100 // 3', 33],
  ['int(30.9)', 30],
  ['1_000', 1000],
  ['-(-40)', 40],
  ['(10 + 5) * 2', 30],
])('EBS_VOL_SIZE = %s', (expression, value) => {
  expect(imported(`EBS_VOL_SIZE = ${expression}\n`).options.EBS_VOL_SIZE).toBe(value);
});

test.each([
  ["open('/etc/passwd').read()"],
  ["__import__('os').system('id')"],
  ['[x for x in range(3)]'],
  ['APP if True else 3'],
  ["'a' * 3"],
  ["b'bytes'"],
  ['3 if'],
])('NECESSARY_STRING = %s is not read', (expression) => {
  const { options, notes } = imported(`NECESSARY_STRING = ${expression}\n`);
  expect(options).toEqual({});
  expect(notes).toMatchObject([{ line: 1, change: 'not read' }]);
});

test('what does not fit together is reported beside the text', () => {
  const { options, problems } = imported("MEMORY = 15000\nMACHINE_TYPE = ['m5.large']\n");
  expect(options).toEqual({ MEMORY: 15000, MACHINE_TYPE: ['m5.large'] });
  expect(problems).toMatchObject([{ option: 'MEMORY', fix: expect.stringContaining('7608') as string }]);
});

describe('an APP_NAME that AWS would refuse', () => {
  test('is changed, and what was made of it follows the new one; both are said', () => {
    const python = [
      "APP_NAME = '2018_11_01_Project'",
      "SQS_QUEUE_NAME = APP_NAME + 'Queue'",
      'LOG_GROUP_NAME = APP_NAME',
      "SQS_DEAD_LETTER_QUEUE = 'arn:aws:sqs:some-region:111111100000:DeadMessages'",
    ];
    const result = imported(`${python.join('\n')}\n`);
    expect(result.options).toEqual({ APP_NAME: 'Run_2018_11_01_Project' });
    expect(noted(result, 1)).toMatch(
      /^changed: APP_NAME: '2018_11_01_Project' became 'Run_2018_11_01_Project', because AWS .* begin with a letter/,
    );
    expect(noted(result, 2)).toBe(
      "changed: SQS_QUEUE_NAME: '2018_11_01_ProjectQueue' became 'Run_2018_11_01_ProjectQueue': it is left out, and follows from APP_NAME.",
    );
    expect(noted(result, 3)).toContain("'2018_11_01_Project' became 'Run_2018_11_01_Project'");
    expect(noted(result, 4)).toMatch(/^ignored: .*stands for a name of yours/);
    expect(parseConfig(result.options)).toMatchObject({ SQS_QUEUE_NAME: 'Run_2018_11_01_ProjectQueue' });
  });

  test.each([
    ['Löwe & Söhne -- 3', 'Lowe-Sohne-3'],
    ['_x', 'Run_x'],
    ['a'.repeat(60), 'a'.repeat(50)],
  ])('%s', (written, usable) => {
    expect(imported(`APP_NAME = '${written}'\n`).options).toEqual({ APP_NAME: usable });
  });

  test('without anything usable in it is not used, and other names are kept as they are', () => {
    const { options } = imported("APP_NAME = '  '\nSQS_QUEUE_NAME = 'Mine'\nLOG_GROUP_NAME = APP_NAME\n");
    expect(options).toEqual({ SQS_QUEUE_NAME: 'Mine' });
  });
});

test('an option given twice counts once, the last time', () => {
  const { text, notes } = imported('MEMORY = 1000\nMEMORY = 2000\n');
  expect(text.match(/MEMORY/g)).toHaveLength(1);
  expect(text).toContain('MEMORY: 2000,');
  expect(notes).toMatchObject([{ line: 2, change: 'note' }]);
});

test('a long list has a line for each item', () => {
  const types = [
    'm5.large',
    'm5a.large',
    'm5d.large',
    'm6a.large',
    'm6i.large',
    'm6id.large',
    'm7a.large',
    'm7i.large',
  ];
  const { text } = imported(`MACHINE_TYPE = ${JSON.stringify(types)}\n`);
  expect(text).toContain("  MACHINE_TYPE: [\n    'm5.large',\n");
});

test('a name whose last value could not be read has none', () => {
  const { options, notes } = imported("SIZE = 30\nSIZE = len('abc')\nEBS_VOL_SIZE = SIZE\n");
  expect(options).toEqual({});
  expect(notes.at(-1)).toMatchObject({ line: 3, change: 'not read' });
});
