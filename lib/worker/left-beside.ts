/** Files that a script wrote into its working folder instead of `output`: they are thrown away, and worth a word. */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const NAMED = 3;

/**
 * @param output the folder `output` of the script's working folder
 * @returns a sentence that names the first few; undefined when there is nothing
 */
export async function leftBeside(output: string): Promise<string | undefined> {
  const entries = await readdir(dirname(output), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter(({ name }) => name !== basename(output) && !name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  if (names.length === 0) return undefined;

  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const were = names.length === 1 ? 'was' : 'were';
  return `${names.slice(0, NAMED).join(', ')}${more} ${were} left beside it and thrown away: write into output_directory`;
}
