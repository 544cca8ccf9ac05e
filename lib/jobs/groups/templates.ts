/** Parameters made of file names: `{"image": "/home/ubuntu/bucket/{file}"}` beside a pattern. */
import { posix } from 'node:path';
import { excerpt, toGroup, type Group, type Problem } from '../group.ts';
import { placeholdersOf } from '../location.ts';
import type { Scalar } from '../message.ts';

/** What stands between several values in one parameter: rare in file names, unlike commas and spaces. */
export const SEPARATOR = ';';

/** Filled from a group's files; a pattern cannot use these names. */
export const SPECIAL = ['file', 'folder', 'names', 'count'] as const;

/** The files of one group. */
export interface FileSet {
  /** Keys, in key order, at least one. */
  readonly keys: readonly string[];
  /** Each placeholder's different values among these files, in the order met. */
  valuesOf(name: string): readonly string[];
}

export type Templates = (files: FileSet) => Group | Problem;

/**
 * @param written What stands under `parameters`; undefined when nothing does.
 * @param names The pattern's placeholders.
 */
export function toTemplates(written: unknown, names: readonly string[]): Templates | Problem {
  const templates = toGroup(written ?? {}, 'groups, "parameters"');
  if (Array.isArray(templates)) return templates[0] as Problem;
  for (const [key, value] of Object.entries(templates)) {
    const unknown = placeholdersOf(String(value)).find((name) => !isKnown(name, names));
    if (unknown !== undefined) {
      return {
        what: `groups, "parameters", ${excerpt(key)} uses {${unknown}}, which the pattern does not have`,
        fix: `Use ${[...names, ...SPECIAL].map((name) => `{${name}}`).join(', ')}.`,
      };
    }
  }
  return (files) => fillAll(templates, files);
}

function isKnown(name: string, names: readonly string[]): boolean {
  return names.includes(name) || SPECIAL.some((special) => special === name);
}

function fillAll(templates: Group, files: FileSet): Group | Problem {
  const filled: Record<string, Scalar> = {};
  for (const [key, template] of Object.entries(templates)) {
    if (typeof template !== 'string') {
      filled[key] = template;
      continue;
    }
    let problem: Problem | undefined;
    filled[key] = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
      const value = valueOf(name, files);
      if (typeof value === 'string') return value;
      problem ??= value;
      return '';
    });
    if (problem !== undefined) return problem;
  }
  return filled;
}

function valueOf(name: string, { keys, valuesOf }: FileSet): string | Problem {
  if (name === 'count') return String(keys.length);
  if (name === 'file')
    return single(keys, 'file', 'Group by more placeholders, or use {folder} and {names}.');
  if (name === 'folder') {
    const folders = [...new Set(keys.map((key) => (key.includes('/') ? posix.dirname(key) : '')))];
    return single(folders, 'folder', 'Group by what tells the folders apart, or leave {folder} out.');
  }
  return joined(name === 'names' ? keys.map((key) => posix.basename(key)) : valuesOf(name), name);
}

function single(values: readonly string[], what: string, fix: string): string | Problem {
  const [first, second] = values as [string, string?];
  if (second === undefined) return first;
  return {
    what: `there are ${values.length} ${what}s (${excerpt(first)}, ${excerpt(second)}, ...) for {${what}}`,
    fix,
  };
}

function joined(values: readonly string[], name: string): string | Problem {
  const bad = values.length > 1 ? values.find((value) => value.includes(SEPARATOR)) : undefined;
  if (bad === undefined) return values.join(SEPARATOR);
  return {
    what: `{${name}} joins names with ${SEPARATOR}, and ${excerpt(bad)} has one in it`,
    fix: 'Rename that file, or use {folder} and let the script list it.',
  };
}
