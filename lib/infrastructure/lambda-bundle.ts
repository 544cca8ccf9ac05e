/**
 * A Lambda function as one small file with the SDK in it: what runs is what was tested, not what Lambda happens to
 * bring. A cold start reads all of it, so what is never called stays out.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Artifact } from './artifact.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param entry of the function, below the checkout's root; it exports `handler`
 * @param folder gets `index.js` and what says how to read it
 */
export async function lambdaBundle(entry: string, folder: string): Promise<Artifact> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    keepNames: true, // errors say what they are by the name of their class
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'], // ES modules, of which esbuild can leave parts out
    plugins: [leanSdk, leanZod],
    logLevel: 'silent', // a failure throws, with every message in it
  });
  const code = Buffer.concat(result.outputFiles.map((file) => file.contents)); // one entry point: one file
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.js'), code);
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  return { folder, digest: createHash('sha256').update(code).digest('hex') };
}

/** A shape, with what stands before it; on one line, or with its end on a line of its own. */
const SHAPE = /^((?:export )?var [\w$]+ = )(\[.*\]|\[.*\n(?:[ \t].*\n)*\]);$/gm;

/**
 * A client describes all that its service takes and gives in constants, EC2's 3,000 of them. Many name a property by a
 * computed key, which could do anything: esbuild leaves out what nobody uses of those only if told that it does nothing.
 */
const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk.client-[a-z0-9-]+.dist-es.schemas.schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(SHAPE, '$1/* @__PURE__ */ (() => $2)();'), loader: 'js' };
    });
  },
};

/** Messages in 50 languages, of which English is loaded by another way. */
const leanZod: Plugin = {
  name: 'lean-zod',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod.v4.locales.index\.js$/ }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};
