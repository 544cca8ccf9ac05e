/** The stores a worker reaches: its source, its destination, and any bucket that a parameter names. Each opened once. */
import type { Store } from '../store/store.ts';

/** @param address `s3://bucket` or an absolute folder. */
export type OpenStore = (address: string) => Store;

export function openOnce(open: OpenStore): OpenStore {
  const opened = new Map<string, Store>();

  return (address) => {
    const store = opened.get(address) ?? open(address);
    opened.set(address, store);
    return store;
  };
}
