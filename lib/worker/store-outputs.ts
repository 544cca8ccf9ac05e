/** Step 3: the files go where the job says, while Fiji is already at the next job. */
import type { Store } from '../store/store.ts';
import type { Attempt, Verdict } from './attempt.ts';
import { judgeError } from './judge-error.ts';
import { type OutputFile, uploadOutputs } from './outputs.ts';

/** @throws whatever says nothing about the job (judge-error.ts) */
export async function storeOutputs(
  attempt: Attempt,
  files: readonly OutputFile[],
  destination: Store,
  source: Store,
): Promise<Verdict> {
  const { run, job, output_file_location } = attempt.message;
  const bare = (text: string): string => text.replace(/\/$/, '');
  const inputs = attempt.inputs.map(({ key }) => bare(source.describe(bare(key))));
  const holdsInputs = (place: string): boolean =>
    inputs.some((input) => place === input || place.startsWith(`${input}/`));

  try {
    const upload = await attempt.timed('outputs', () =>
      uploadOutputs(files, output_file_location, { run, job }, destination, {
        holdsInputs,
        signal: attempt.signal,
      }),
    );
    if (upload.kind === 'collision') return { outcome: 'output collision', reason: upload.reason };
    attempt.outputs = upload.outputs;
    return { outcome: 'success', reason: '' };
  } catch (error) {
    // Dropped meanwhile, and cut: nobody asks for a verdict any more.
    if (attempt.signal.aborted) return { outcome: 'interrupted', reason: '' };
    return judgeError(error, attempt, 'missing outputs');
  }
}
