/** Inputs that are already here: under the mount, or in the user's folder. Nothing moves, but it must be there. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scalar } from '../jobs/message.ts';
import type { InputFile, InputsOutcome, NamedInput } from './inputs-step.ts';
import { folderError, StoreError } from '../store/store-error.ts';
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
    const found = await stat(path).catch((error: unknown) => {
      const gone = mounted ? asMountGone(error, root) : undefined;
      if (gone !== undefined) throw gone;
      return folderError(error, { doing: 'Opening', key: reference.key, location: path });
    });
    if (found instanceof StoreError && found.trouble !== 'missing' && found.trouble !== 'clash')
      return { kind: 'input missing', reason: `${name}: ${found.message}. ${found.fix ?? ''}` };
    if (found instanceof StoreError || (reference.folder && !found.isDirectory()))
      return { kind: 'input missing', reason: `${name}: there is no ${String(value)} (looked for ${path})` };
    parameters[name] = asGiven(path, reference);
    files.push({
      key: found.isDirectory() ? `${reference.key}/` : reference.key,
      bytes: found.isFile() ? found.size : 0,
    });
  }
  return { kind: 'ready', parameters, files };
}
