/** Loads a config in a Node of its own, as every command does: jest would read TypeScript by other means. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Config } from '../../lib/config/index.ts';

export const library = new URL('../../lib/config/index.ts', import.meta.url).href;

export interface Loaded {
  readonly config?: Config;
  readonly error?: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly fix: string;
  };
}

/** @param folder where the process runs; `name` is relative to it. */
export async function loadInNode(folder: string, name: string): Promise<Loaded> {
  const script = `
    const { loadConfig } = await import(${JSON.stringify(library)});
    const result = await loadConfig(${JSON.stringify(name)}).then(
      (config) => ({ config }),
      ({ name, code, message, fix }) => ({ error: { name, code, message, fix } }),
    );
    process.stdout.write(JSON.stringify(result));`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  return JSON.parse(stdout) as Loaded;
}
