/** Messages to the batches that SQS takes: at most ten, and at most 1 MiB together. */
import { MAX_MESSAGE_BYTES } from '../jobs/make-message.ts';
import { toBody, type JobMessage } from '../jobs/parse-message.ts';

const MOST_MESSAGES = 10;

export interface Batch {
  /** Place of the first message in the stream; 0 is the first. */
  readonly first: number;
  readonly bodies: readonly string[];
}

/**
 * @param messages Jobs, or bodies as they are. Each at most 1 MiB of UTF-8: larger ones make a batch of their own, which SQS refuses.
 * @param signal Ends the stream after the batch that was last given out.
 */
export async function* toBatches(
  messages: AsyncIterable<JobMessage | string> | Iterable<JobMessage | string>,
  signal?: AbortSignal,
): AsyncGenerator<Batch, void, void> {
  let first = 0;
  let batch: string[] = [];
  let bytes = 0;
  for await (const message of messages) {
    if (signal?.aborted === true) return;
    const body = typeof message === 'string' ? message : toBody(message);
    // No UTF-16 unit takes more than three bytes: only long texts need to be counted.
    const upper = body.length * 3;
    const length = upper * MOST_MESSAGES <= MAX_MESSAGE_BYTES ? upper : Buffer.byteLength(body);
    if (batch.length === MOST_MESSAGES || (batch.length > 0 && bytes + length > MAX_MESSAGE_BYTES)) {
      yield { first, bodies: batch };
      first += batch.length;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += length;
  }
  if (batch.length > 0 && signal?.aborted !== true) yield { first, bodies: batch };
}
