/** Which parameters name an input, and what they name. */
import type { Scalar } from '../jobs/message.ts';

/** The ancestor's mount: job files written for it are understood whatever the mount's path is today. */
export const CLASSIC_MOUNT = '/home/ubuntu/bucket';

export interface InputReference {
  /** A bucket other than the source; undefined for the source itself. */
  readonly bucket: string | undefined;
  /** Key of an object, or of a folder of them; no `/` at either end. '' is the whole bucket. */
  readonly key: string;
  /** Written with a `/` at the end: surely a folder, and the script's parameter keeps the `/`. */
  readonly folder: boolean;
}

export interface SourceNames {
  readonly mountPath: string;
  /** The source's own bucket name, where it has one. */
  readonly bucket: string | undefined;
}

/** Undefined when the value is no input: any other text, number or boolean reaches the script as it is. */
export function inputReference(value: Scalar, source: SourceNames): InputReference | undefined {
  if (typeof value !== 'string') return undefined;
  const s3 = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(value);

  if (s3 !== null) {
    const [, bucket, key = ''] = s3;
    return { bucket: bucket === source.bucket ? undefined : bucket, ...keyParts(key) };
  }
  const mount = [source.mountPath, CLASSIC_MOUNT].find(
    (path) => value === path || value.startsWith(`${path}/`),
  );
  return mount === undefined ? undefined : { bucket: undefined, ...keyParts(value.slice(mount.length)) };
}

function keyParts(text: string): { readonly key: string; readonly folder: boolean } {
  return { key: text.replace(/^\/+|\/+$/g, ''), folder: text.endsWith('/') };
}
