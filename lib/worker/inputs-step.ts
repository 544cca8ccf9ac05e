/** The inputs step: what it is given and how it can end. Shared by the ways an input can reach a script. */
import type { Message, Scalar } from '../jobs/message.ts';
import type { JobRecord } from '../records/record.ts';
import type { Store } from '../store/store.ts';
import type { InputReference } from './input-reference.ts';
import type { WorkerSettings } from './settings.ts';
import type { OpenStore } from './stores.ts';

export type InputFile = JobRecord['inputs'][number];

/** How the step can end. A mount that is gone is no outcome of the job: it throws (MountGoneError). */
export type InputsOutcome =
  | {
      readonly kind: 'ready';
      readonly parameters: Record<string, Scalar>;
      readonly files: readonly InputFile[];
    }
  | { readonly kind: 'input missing' | 'disk full'; readonly reason: string };

export interface InputsStep {
  readonly parameters: Readonly<Record<string, Scalar>>;
  /** Patterns, relative to the source, of the only files to fetch from folders (Message.inputs). */
  readonly patterns: Message['inputs'];
  /** Where fetched files go; made when the first one arrives. */
  readonly folder: string;
  /** Bytes that may be fetched. */
  readonly room: () => Promise<number>;
  readonly signal?: AbortSignal;
}

/** A parameter with what it names. */
export interface NamedInput {
  readonly name: string;
  readonly value: Scalar;
  readonly reference: InputReference;
}

export interface InputsContext {
  readonly settings: WorkerSettings;
  readonly openStore: OpenStore;
}

/** The store that a reference is in. */
export function storeOf(reference: InputReference, { settings, openStore }: InputsContext): Store {
  return openStore(reference.bucket === undefined ? settings.SOURCE : `s3://${reference.bucket}`);
}

/** A path that names a folder with a `/` at its end goes on doing so: scripts append file names to it. */
export function asGiven(path: string, reference: InputReference): string {
  return reference.folder ? `${path}/` : path;
}
