/** The options of a run: read, checked, with everything that follows from them. */
export { type Config, derive, type Derived } from './derive.ts';
export { ConfigInvalidError, ConfigMissingError, ConfigUnreadableError, type Problem } from './errors.ts';
export { loadConfig } from './load.ts';
export { type Architecture, type Machine, machineOf } from './machines/index.ts';
export { defineConfig, parseConfig } from './parse.ts';
export { bucketsAreNamed, requireFilledIn } from './placeholders.ts';
export { nearestName } from './problems.ts';
export { type ConfigInput, type OptionName, optionNames } from './schema.ts';
export { MOUNT_MEMORY_MIB, RESERVED_MEMORY_MIB, SYSTEM_DISK_GB } from './sizing.ts';
export { type ConfigWarning, warningsFor } from './warnings.ts';
