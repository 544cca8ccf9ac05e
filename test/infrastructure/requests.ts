/** What a program could ask of AWS, told from its source. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every file of lib/ that this one loads. */
function reached(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry) || !existsSync(entry)) return seen;
  seen.add(entry);
  const text = readFileSync(entry, 'utf8');
  for (const [, type, path = ''] of text.matchAll(
    /(import type )?[^;]*?(?:from |import\()'(\.[^']+\.ts)'/g,
  )) {
    if (type === undefined) reached(join(dirname(entry), path), seen);
  }
  return seen;
}

/**
 * Every request to AWS in the code that a program loads, as AWS names it: `RunTask`.
 * @param entry relative to the project's folder
 */
export function requestsOf(entry: string): string[] {
  const requests = [...reached(join(root, entry))].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new ([A-Z]\w+)Command\(|\bpaginate([A-Z]\w+)\(/g)].map(
      ([, command, page]) => command ?? page ?? '',
    ),
  );
  return [...new Set(requests)].sort();
}
