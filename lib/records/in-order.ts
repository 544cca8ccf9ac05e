/** Slow work on a stream, several at once, with the results in the stream's order. */

/**
 * @param atOnce calls under way at most; as many results are kept in memory at most
 * @param work what is done with each; the first that rejects ends the stream
 */
export async function* inOrder<A, B>(
  source: AsyncIterable<A>,
  atOnce: number,
  work: (item: A) => Promise<B>,
): AsyncGenerator<B> {
  const underWay: Promise<B>[] = [];

  try {
    for await (const item of source) {
      const result = work(item);
      // Whoever waits for it hears of the failure; until then it is not an unhandled one.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= atOnce) yield (await underWay.shift()) as B;
    }
    while (underWay.length > 0) yield (await underWay.shift()) as B;
  } finally {
    await Promise.allSettled(underWay);
  }
}
