/** docs/records.md says of records what the schema says, and its commands run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { OUTCOMES } from '../../lib/records/outcome.ts';
import { record } from '../../lib/records/record.ts';
import { aFolder } from '../fixtures/folder.ts';
import { aFailure, aRecord } from '../fixtures/records.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/records.md'), 'utf8');

/** The first column of the table under a heading. */
function namesUnder(heading: string): string[] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

/** The n-th block of a language on the page. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(
    ([, code = '']) => code,
  );
}

test('every field of a record is explained, in the order of the schema, and no other', () => {
  expect(namesUnder('What a record holds')).toEqual(Object.keys(record.shape));
});

test('every phase is explained', () => {
  expect(namesUnder('Phases')).toEqual(Object.keys(record.shape.phases.shape));
});

test('every outcome is explained', () => {
  expect(namesUnder('Outcomes')).toEqual([...OUTCOMES]);
});

test.each(['phases', 'worker', 'script', 'inputs'] as const)('the parts of %s are named', (field) => {
  const line = page.split('\n').find((text) => text.startsWith(`| \`${field}\``)) ?? '';
  const shape = record.shape[field];
  const inner = 'element' in shape ? shape.element : 'unwrap' in shape ? shape.unwrap() : shape;
  for (const name of Object.keys(inner.shape)) expect(line).toContain(`\`${name}\``);
});

const records = [
  aRecord({ job: 'a', group: { Well: 'A01' } }),
  aFailure({ job: 'a', group: { Well: 'A01' }, reason: 'once', final: false }),
  aFailure({ job: 'b', group: { Well: 'A02' }, reason: 'boom' }),
  aFailure({ job: 'c', group: { Well: 'é 3' }, reason: 'boom' }),
];

async function aRun(): Promise<string> {
  const folder = await aFolder();
  await mkdir(join(folder, 'records'));
  const lines = records.map((one) => `${JSON.stringify(one)}\n`);
  await writeFile(join(folder, 'records/1.jsonl'), lines.slice(0, 2).join(''));
  await writeFile(join(folder, 'records/2.jsonl'), lines.slice(2).join(''));
  return folder;
}

const has = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

(has('jq', '--version') ? test : test.skip)('the jq commands say what they promise (needs jq)', async () => {
  const [, reasons = '', unfinished = ''] = blocks('sh');
  const run = async (command: string) =>
    execFileSync('sh', ['-c', command], { cwd: await aRun(), encoding: 'utf8' });
  expect((await run(reasons)).trim().split(/\n\s*/)).toEqual(['2 boom', '1 once']);
  expect((await run(unfinished)).trim().split('\n')).toEqual([
    '[{"Well":"A02"},"script error","boom"]',
    '[{"Well":"é 3"},"script error","boom"]',
  ]);
});

(has('python3', '-c', 'import pandas') ? test : test.skip)(
  'the Python lines run (needs pandas)',
  async () => {
    const said = execFileSync('python3', ['-c', blocks('python')[0] as string], {
      cwd: await aRun(),
      encoding: 'utf8',
    });
    expect(said).toMatch(/a\s+A01\s+success\s+4\.5/);
    expect(said.trim().split('\n')).toHaveLength(5);
  },
);
