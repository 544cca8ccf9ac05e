/** Every option: the one source of names, types, limits and defaults. */
import { z } from 'zod';
import { container } from './options/container.ts';
import { general } from './options/general.ts';
import { machines } from './options/machines.ts';
import { monitor } from './options/monitor.ts';
import { outputs } from './options/outputs.ts';
import { queue } from './options/queue.ts';

export const schema = z.strictObject({
  ...general,
  ...machines,
  ...container,
  ...queue,
  ...monitor,
  ...outputs,
});

/** What a user writes: every option may be left out. */
export type ConfigInput = z.input<typeof schema>;

/** The options as given or by their own default, before those that follow from others are filled in. */
export type ParsedOptions = z.output<typeof schema>;

export type OptionName = keyof ParsedOptions;

export const optionNames = Object.keys(schema.shape) as OptionName[];
