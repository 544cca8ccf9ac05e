import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { library, type Loaded, loadInNode } from './load-in-node.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "config it's $HOME é-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What loadConfig() makes of a file with this text; of no file without one. */
async function load(text?: string, name = 'config.ts'): Promise<Loaded> {
  if (text !== undefined) await writeFile(join(folder, name), text);
  return loadInNode(folder, name);
}

const define = `import { defineConfig } from ${JSON.stringify(library)};\n`;

test('reads TypeScript in a folder of any name', async () => {
  const { config } = await load(`${define}export default defineConfig({ APP_NAME: 'Plate7' as string });\n`);
  expect(config?.APP_NAME).toBe('Plate7');
});

test('no config: where it was looked for, and what to do', async () => {
  const { error } = await load();
  expect(error).toMatchObject({ name: 'ConfigMissingError', code: 'CONFIG_MISSING' });
  expect(error?.message).toContain(join(folder, 'config.ts'));
  expect(error?.fix).toContain('import-config');
});

test('a config.py is answered with the command that turns it into config.ts', async () => {
  const { error } = await load("APP_NAME = 'x'\n", 'config.py');
  expect(error?.fix).toContain('npm run import-config -- config.py');
});

test('a syntax error: its line and text', async () => {
  const { error } = await load(
    `${define}export default defineConfig({\n  APP_NAME: 'a'\n  MEMORY: 6000,\n});\n`,
  );
  expect(error).toMatchObject({ name: 'ConfigUnreadableError', code: 'CONFIG_INVALID' });
  expect(error?.message).toContain('at line 4 ("MEMORY: 6000,")');
  expect(error?.fix).toContain('comma');
});

test('a name that means nothing: its line, and that a config holds values', async () => {
  const { error } = await load(`${define}export default defineConfig({ MEMORY: 3 * GB });\n`);
  expect(error?.message).toContain('at line 2');
  expect(error?.message).toContain('GB is not defined');
  expect(error?.fix).toContain('values only');
});

test('an import that leads nowhere', async () => {
  const { error } = await load(
    "import { defineConfig } from './gone/index.ts';\nexport default defineConfig({});\n",
  );
  expect(error?.message).toContain('gone');
  expect(error?.fix).toContain('lib/config/index.ts');
});

test('no default export', async () => {
  const { error } = await load(`${define}defineConfig({});\n`);
  expect(error).toMatchObject({ name: 'ConfigMissingError', code: 'CONFIG_MISSING' });
  expect(error?.fix).toContain('export default');
});

test('mistakes are named with the file', async () => {
  const { error } = await load(`${define}export default { MEMORY: 1, MACHINE_PRICE: 'x' };\n`);
  expect(error).toMatchObject({ name: 'ConfigInvalidError', code: 'CONFIG_INVALID' });
  expect(error?.message).toMatch(/^config\.ts has 2 mistakes:/);
});
