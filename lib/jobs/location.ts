/** Where a job's outputs go: a key prefix, with placeholders that the job's group fills in. */
import { OWN_PREFIX } from '../store/store.ts';
import { excerpt, type Group, type Problem } from './group.ts';

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The placeholders of a template, each once, in order: `results/{Plate}/{Well}` gives Plate, Well. */
export function placeholdersOf(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] as string))];
}

/**
 * Fills a template's placeholders; the caller has seen that the group has them all.
 *
 * @param write How a value is written, e.g. so that a pattern takes it literally.
 */
export function fill(
  template: string,
  group: Group,
  write: (value: string) => string = (value) => value,
): string {
  return template.replace(PLACEHOLDER, (_, name: string) => write(String(group[name])));
}

/** A value inside a file pattern: its own `*`, `?` and `[` stand for themselves. */
export function literally(value: string): string {
  return value.replace(/[\\*?[\](){}!]/g, '\\$&');
}

/** A path from the top of a disk: of Linux and macOS, of a home (`~/x`), or of Windows (`D:\\x`, `\\\\server\\x`). */
export function isAbsolutePath(text: string): boolean {
  // In JSON "D:\\new" with one backslash is a line break behind "D:".
  return /^(\/|~\/|\\\\|[a-z]:[\\/\b\f\n\r\t])/i.test(text);
}

/**
 * The prefix as stores take it: no `/` in front, one at the end ('' is the top).
 *
 * @returns The prefix, or why it cannot be one.
 */
export function toLocation(text: string): string | Problem {
  if (/^[a-z0-9]+:\/\//i.test(text)) {
    return {
      what: `output_file_location ${excerpt(text)} is an address`,
      fix: 'Write only the folder, e.g. "projects/output/": the bucket is DESTINATION_BUCKET in config.ts.',
    };
  }
  const parts = text.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) {
    return {
      what: `output_file_location ${excerpt(text)} has a "." or ".." in it`,
      fix: 'Write the folder itself, from the top of the bucket or output folder.',
    };
  }
  if (`${parts[0] ?? ''}/` === OWN_PREFIX) {
    return {
      what: `output_file_location ${excerpt(text)} is where records and logs are kept`,
      fix: `Choose another folder than ${OWN_PREFIX}`,
    };
  }
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}
