/** The one interface to where images come from and results go: an S3 bucket, or a folder on this machine. */
import type { Readable } from 'node:stream';

/** Where everything of our own lies in a destination: records, logs, the monitor's memory. Nothing of a job's goes there. */
export const OWN_PREFIX = 'distributed-fiji/';

/** An object in a store. Keys use `/`, never start with one, and are relative to the bucket or folder. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** Who wrote an output: a file that another job of the same run wrote is never overwritten. */
export interface Owner {
  readonly run: string;
  readonly job: string;
  /** Whether a file that no job wrote is left as it is, too: where the user's images are. @default false: it is replaced */
  readonly sparesForeign?: boolean;
}

/** What became of a conditional put. */
export type PutResult =
  | { readonly kind: 'written' }
  /** Another job of this run owns the key; `owner` is that job's id. */
  | { readonly kind: 'collision'; readonly owner: string }
  /** No job wrote what is there, and the owner spares it. */
  | { readonly kind: 'foreign' };

export interface Store {
  /** What a person can open: `s3://bucket/key`, or an absolute path. */
  describe(key: string): string;
  /** Every object whose key starts with `prefix`, in key order, as a stream: a prefix may hold millions. */
  list(prefix: string, options?: { readonly startAfter?: string }): AsyncIterable<StoredObject>;
  /** Undefined when there is no such object. */
  head(key: string): Promise<StoredObject | undefined>;
  /** Rejects with StoreError when there is no such object. */
  read(key: string): Promise<Readable>;
  /**
   * Copies an object to a local file, checks its size, and gives its bytes.
   *
   * @param signal cuts it: rejects with the signal's reason
   */
  download(key: string, path: string, signal?: AbortSignal): Promise<number>;
  /** Small bookkeeping objects (records, logs): whole or not at all, no owner. */
  write(key: string, body: string | Uint8Array): Promise<void>;
  /**
   * Removes one of our own bookkeeping objects, if it is there. Only a folder has it: there small files are in people's
   * way. What is in a bucket stays, and workers need no right to delete.
   */
  remove?(key: string): Promise<void>;
  /**
   * An output file, whole or not at all. Replaces what this job, or another run, wrote; see PutResult for the rest.
   *
   * @param signal cuts it, however large the file: rejects with the signal's reason once nothing of it is left
   */
  put(key: string, path: string, owner: Owner, signal?: AbortSignal): Promise<PutResult>;
}
