/** Inputs that are already here: under the mount, or in the user's folder. Nothing moves, but it must be there. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scalar } from '../jobs/message.ts';
import type { InputFile, InputsOutcome, NamedInput } from './inputs-step.ts';
import { asGiven } from './inputs-step.ts';
import { asMountGone, checkMount } from './mount.ts';
import type { WorkerSettings } from './settings.ts';

/** @throws MountGoneError */
export async function openInPlace(
  inputs: readonly NamedInput[],
  settings: WorkerSettings,
): Promise<InputsOutcome> {
  const mounted = settings.INPUT_MODE === 'mount';
  const root = mounted ? settings.MOUNT_PATH : settings.SOURCE;
  const parameters: Record<string, Scalar> = {};
  const files: InputFile[] = [];

  if (mounted && inputs.length > 0) await checkMount(root);
  for (const { name, value, reference } of inputs) {
    const path = join(root, reference.key);
    const stats = await stat(path).catch((error: unknown) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw (mounted ? asMountGone(error, root) : undefined) ?? error;
    });

    if (stats === undefined || (reference.folder && !stats.isDirectory())) {
      return { kind: 'input missing', reason: `${name}: there is no ${String(value)} (looked for ${path})` };
    }
    parameters[name] = asGiven(path, reference);
    files.push({
      key: stats.isDirectory() ? `${reference.key}/` : reference.key,
      bytes: stats.isFile() ? stats.size : 0,
    });
  }
  return { kind: 'ready', parameters, files };
}
