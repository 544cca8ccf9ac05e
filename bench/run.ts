/**
 * `npm run bench [-- name ...]`: every benchmark, or those named. Each prints a table of ratios measured side by side in
 * one run, because absolute times say more about the machine than about the product.
 */
import { readdir } from 'node:fs/promises';
import { parse } from 'node:path';

interface Benchmark {
  /** Measures and prints. */
  run(): Promise<void>;
}

const here = new URL('.', import.meta.url);
const self = 'run';

const known = (await readdir(here))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => parse(file).name)
  .filter((name) => name !== self)
  .sort();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`No benchmark is called ${unknown.join(', ')}. There are: ${known.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted) {
    process.stdout.write(`\n== ${name}\n`);
    const benchmark = (await import(new URL(`${name}.ts`, here).href)) as Benchmark;
    await benchmark.run();
  }
}
