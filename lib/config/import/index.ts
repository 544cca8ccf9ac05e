/** An old config.py -> config.ts: what was kept, renamed, changed, left out, and why. */
import type { OptionName } from '../schema.ts';
import { ConfigInvalidError, type Problem } from '../errors.ts';
import { parseConfig } from '../parse.ts';
import { appNameIn } from './app-name.ts';
import { convert, type Note } from './convert.ts';
import { readPython, type Statement } from './python.ts';
import { type Entry, render } from './render.ts';

export type { Note } from './convert.ts';

export interface ImportedConfig {
  /** Text of config.ts, formatted. */
  readonly text: string;
  readonly options: Readonly<Partial<Record<OptionName, unknown>>>;
  /** By line of the Python file. */
  readonly notes: readonly Note[];
  /** What does not fit together; each option by itself is right. */
  readonly problems: readonly Problem[];
}

/** Keys do not belong into a config, not even in a comment. */
const secret = /secret|access_?key|session_?token|password/i;

/**
 * Never runs the Python.
 * @param python text of the old config.
 * @param library how the new file imports lib/config, e.g. './lib/config/index.ts'.
 */
export function importPythonConfig(python: string, library: string): ImportedConfig {
  const notes: Note[] = [];
  const options = new Map<OptionName, unknown>();
  const entries: Entry[] = [];
  const statements = readPython(python);
  const appName = appNameIn(statements);

  for (const statement of statements) {
    const { line } = statement;
    if (statement.kind === 'blank') {
      entries.push({ kind: 'blank' });
    } else if (statement.kind === 'comment') {
      if (secret.test(statement.text))
        notes.push({ line, change: 'ignored', text: 'a comment that may hold a key.' });
      else entries.push({ kind: 'comment', text: statement.text });
    } else if (statement.kind === 'unread') {
      notes.push({ line, change: 'not read', text: unreadText(statement) });
      for (const name of statement.names) options.delete(name as OptionName);
    } else {
      const converted = convert(statement.name, statement.value, appName);
      notes.push(...converted.notes.map((note) => ({ line, ...note })));
      for (const [name, value] of Object.entries(converted.options) as [OptionName, unknown][]) {
        if (options.has(name))
          notes.push({ line, change: 'note', text: `${name} was given before; this one counts.` });
        options.set(name, value);
        // A remark about what was changed would no longer be true.
        const comment =
          converted.notes.length > 0 || secret.test(statement.comment ?? '') ? undefined : statement.comment;
        entries.push({ kind: 'option', name, comment });
      }
    }
  }
  const given = Object.fromEntries(options);
  return { text: render(entries, given, library), options: given, notes, problems: problemsIn(given) };
}

function unreadText(statement: Extract<Statement, { kind: 'unread' }>): string {
  const [first = '', ...more] = statement.source.split('\n');
  const shown = secret.test(first) ? 'a line that may hold a key' : first.slice(0, 70);
  const lines = more.length === 0 ? '' : ` (and ${String(more.length)} more lines)`;
  return `${shown}${lines}: ${statement.why}.`;
}

function problemsIn(options: Readonly<Record<string, unknown>>): readonly Problem[] {
  try {
    parseConfig(options);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
}
