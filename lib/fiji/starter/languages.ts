/** What the starter Fiji speaks, and a plain ImageJ with the starter's parts: less than a Fiji does. */
import { extname } from 'node:path';
import type { FijiStart } from '../fiji.ts';

/** By extension: Jython, Groovy, and ImageJ's own macros. */
export const STARTER_LANGUAGES: readonly string[] = ['.py', '.groovy', '.ijm'];

/**
 * @param script path or address
 * @returns false if this Fiji surely lacks the script's language; what a whole Fiji has, it says itself
 */
export function maySpeak(fiji: { readonly start: Pick<FijiStart, 'kind'> }, script: string): boolean {
  return fiji.start.kind !== 'jars' || STARTER_LANGUAGES.includes(extname(script).toLowerCase());
}
