/** Paths of this machine as values of `#@ File` parameters: they must be there, and no machine in AWS has them. */
import { existsSync } from 'node:fs';
import type { ScriptParameter } from '../fiji/script-parameters.ts';
import { isAbsolutePath, type Scalar } from '../jobs/index.ts';
import { CLASSIC_MOUNT, inputReference } from '../worker/input-reference.ts';

/** Where jobs will run. */
export interface PathRules {
  /** What the path should be; undefined when it can be opened there. */
  misfit(path: string): string | undefined;
  /** What to know about a path that can be. */
  remark(path: string): string | undefined;
}

/** Different paths that are looked for: on a slow network drive each takes its time. */
const MOST = 1_000;

/** On this machine. */
export function pathsHere(): PathRules {
  const known = new Map<string, boolean>();
  const isThere = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined || known.size === MOST) return before ?? true;
    const there = existsSync(path);
    known.set(path, there);
    return there;
  };
  return {
    misfit: (path) => {
      if (path.startsWith('~')) return 'a whole path: ~ is read by your shell alone';
      if (!path.startsWith('/')) return 'a path of this system (in WSL2, D:\\ is /mnt/d/)';
      return isThere(path)
        ? undefined
        : `a path that is there (below --input, write ${CLASSIC_MOUNT}/... for it)`;
    },
    remark: (path) =>
      `is a path of this machine (${JSON.stringify(path)}): machines in AWS have it not, only what ${CLASSIC_MOUNT}/ and s3:// name`,
  };
}

/** On machines in AWS. */
export const pathsInAws: PathRules = {
  misfit: () =>
    `${CLASSIC_MOUNT}/... or s3://..., which machines in AWS reach (or a path in the image: --no-check)`,
  remark: () => undefined,
};

/** @returns the value when it is a path of a machine's own that the script opens; undefined for any other */
export function ownPath({ type, style }: ScriptParameter, value: Scalar): string | undefined {
  const isFile = /^(java\.io\.)?file$/i.test(type) && style !== 'save';
  if (!isFile || typeof value !== 'string' || !isAbsolutePath(value)) return undefined;
  const reference = inputReference(value, { mountPath: CLASSIC_MOUNT, bucket: undefined });
  return reference === undefined ? value : undefined;
}
