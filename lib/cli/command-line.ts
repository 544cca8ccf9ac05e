/** A command of this package, as the shell wants it. */
import type { Command } from 'commander';

/** @param program the root command: its --config is named again where it is not the default. */
export function commandLine(name: string, words: readonly string[], program: Command): string {
  const given = program.opts<{ config: string }>().config;
  const config = program.getOptionValueSource('config') === 'default' ? [] : ['--config', given];
  const all = [...words, ...config];
  return ['npm run', name, ...(all.length === 0 ? [] : ['--', ...all.map(quoted)])].join(' ');
}

export function quoted(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
