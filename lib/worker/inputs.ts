/**
 * Before Fiji starts: every parameter that names an input becomes a path that the script can open, or the job ends
 * here with the input that is missing.
 *
 * A bucket other than the source is always fetched: only the source is mounted, or a folder on this machine.
 */
import { inputReference } from './input-reference.ts';
import { fetchInputs } from './inputs-fetched.ts';
import { openInPlace } from './inputs-in-place.ts';
import type { InputsContext, InputsOutcome, InputsStep, NamedInput } from './inputs-step.ts';
import type { WorkerSettings } from './settings.ts';

/** @throws MountGoneError, StoreError (the store could not be asked). */
export async function resolveInputs(step: InputsStep, context: InputsContext): Promise<InputsOutcome> {
  const { settings } = context;
  const source = { mountPath: settings.MOUNT_PATH, bucket: sourceBucket(settings) };
  const inputs = Object.entries(step.parameters).flatMap(([name, value]): NamedInput[] => {
    const reference = inputReference(value, source);
    return reference === undefined ? [] : [{ name, value, reference }];
  });
  const isFetched = ({ reference }: NamedInput) =>
    settings.INPUT_MODE === 'download' || reference.bucket !== undefined;
  const present = await openInPlace(
    inputs.filter((input) => !isFetched(input)),
    settings,
  );

  if (present.kind !== 'ready') return present;
  const fetched = await fetchInputs(inputs.filter(isFetched), step, context);

  if (fetched.kind !== 'ready') return fetched;
  return {
    kind: 'ready',
    parameters: { ...step.parameters, ...present.parameters, ...fetched.parameters },
    files: [...present.files, ...fetched.files],
  };
}

function sourceBucket(settings: WorkerSettings): string | undefined {
  return settings.SOURCE.startsWith('s3://') ? settings.SOURCE.slice('s3://'.length) : settings.SOURCE_BUCKET;
}
