import { DistributedFijiError } from '../errors.ts';

/** One thing wrong (or, as a warning, doubtful) with a config. */
export interface Problem {
  readonly option: string;
  /** As the user gave it. */
  readonly value: unknown;
  /** One sentence: what is wrong, with the value. */
  readonly message: string;
  /** One sentence in the imperative. */
  readonly fix: string;
}

/** A config with values that cannot work: all of them, so that nobody mends one a time. */
export class ConfigInvalidError extends DistributedFijiError {
  readonly problems: readonly Problem[];

  /** @param name of the config's file, for the message. */
  constructor(problems: readonly Problem[], name = 'The config') {
    const count = problems.length === 1 ? 'a mistake' : `${String(problems.length)} mistakes`;
    const lines = problems.map(({ message, fix }) => `\n  - ${message}\n    Fix: ${fix}`);
    super(`${name} has ${count}:${lines.join('')}`, { code: 'CONFIG_INVALID' });
    this.problems = problems;
  }
}

/** There is no config, or the file gives none. */
export class ConfigMissingError extends DistributedFijiError {
  constructor(message: string, fix: string) {
    super(message, { code: 'CONFIG_MISSING', fix });
  }
}

/** The config file is not TypeScript, or fails while it is read. */
export class ConfigUnreadableError extends DistributedFijiError {
  constructor(message: string, fix: string, cause: unknown) {
    super(message, { code: 'CONFIG_INVALID', fix, cause });
  }
}
