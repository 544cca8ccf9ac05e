/** Inputs in the source bucket, and in other buckets that jobs name. */
import type { S3Client } from '@aws-sdk/client-s3';
import { nearestName } from '../config/index.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { InputReference } from '../worker/input-reference.ts';
import type { InputPlace } from './check-inputs.ts';

/** Keys listed to find what may have been meant: the folders among them may be few. */
const KEYS_READ = 5000;

/** @param source SOURCE_BUCKET: what the mount is in the job file */
export function inputBuckets(source: string, s3: S3Client): InputPlace {
  const storeOf = ({ bucket = source }: InputReference): Store => openStore(`s3://${bucket}`, { s3 });
  return {
    root: `s3://${source} (SOURCE_BUCKET)`,
    bucket: source,
    // One to three requests each.
    most: 1_000,
    holds: () => true,
    exists: async (reference) => {
      const { key, folder } = reference;
      const store = storeOf(reference);
      if (!folder && key !== '' && (await store.head(key)) !== undefined) return true;
      for await (const _ of store.list(key === '' ? '' : `${key}/`)) return true;
      return false;
    },
    keys: async function* (prefix) {
      for await (const { key } of openStore(`s3://${source}`, { s3 }).list(prefix)) yield key;
    },
    describe: (reference) => storeOf(reference).describe(reference.key),
    meant: async (reference) => meant(storeOf(reference), reference.key),
  };
}

/** Names beside the missing one; beside its folder when that is missing too. */
async function meant(store: Store, key: string): Promise<string | undefined> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const names = new Set<string>();
  let read = 0;
  for await (const found of store.list(folder)) {
    names.add(found.key.slice(folder.length).split('/')[0] as string);
    if (++read === KEYS_READ) break;
  }
  if (read === 0 && folder !== '') return meant(store, folder.slice(0, -1));
  const name = key.slice(folder.length);
  const near = nearestName(name, [...names]);
  return near === name ? undefined : near;
}
