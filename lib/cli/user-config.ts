/** The config that a command was given with --config, or the one of the package. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config/index.ts';
import { userPath } from './user-path.ts';

/** @param program the root command, which owns --config. */
export function loadUserConfig(program: Command): Promise<Config> {
  return loadConfig(given(program));
}

/** @returns the file's absolute path, for a process that is started elsewhere */
export function userConfigPath(program: Command): string {
  return resolve(given(program));
}

function given(program: Command): string {
  const { config } = program.opts<{ config: string }>();
  // npm starts every command in the package's folder: config.ts is there, whatever folder the user is in.
  return program.getOptionValueSource('config') === 'default' ? config : userPath(config);
}
