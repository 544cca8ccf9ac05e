/**
 * Works through items, `atOnce` at a time. The first failure ends it, but only after what was under way has ended too:
 * nothing may go on writing into a folder that the caller is about to remove.
 */
export async function inLanes<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const remaining = items[Symbol.iterator](); // shared: each lane takes the next
  let broken = false;
  const lane = async () => {
    for (let next = remaining.next(); !next.done && !broken; next = remaining.next()) {
      await work(next.value).catch((error: unknown) => {
        broken = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const failed = ended.find((each) => each.status === 'rejected');

  if (failed !== undefined) throw failed.reason;
}
