/** The worker's side of a message: what came out of the queue becomes a job, or says why it is none. */
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import { BadMessageError } from './errors.ts';
import type { Group } from './group.ts';
import { jobId } from './job-id.ts';
import { message, type Message } from './message.ts';
import { toLocation } from './location.ts';
import { safeName } from './run-name.ts';

/** Where records of messages that name no run are kept: those of the ancestor, or written by hand. */
export const DEFAULT_RUN = 'default';

/** A message whose job and run are known. */
export type JobMessage = Message & { readonly run: string; readonly job: string };

/**
 * Reads a message's body. A bare message of the ancestor (Metadata, output_file_location, shared_metadata) is a job:
 * its id follows from its group.
 *
 * @throws BadMessageError with the reason, in words for the dead-letter queue.
 */
export function parseMessage(body: string): JobMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new BadMessageError(`the body is not JSON (${messageOf(cause)})`, body, cause);
  }
  const parsed = message.safeParse(json);
  if (!parsed.success) throw new BadMessageError(reasons(parsed.error), body, parsed.error);
  const { data } = parsed;
  for (const name of [data.run, data.job]) {
    if (name !== undefined && name !== safeName(name)) {
      throw new BadMessageError(`run or job ${JSON.stringify(name)} is no name for a key`, body);
    }
  }
  const location = toLocation(data.output_file_location);
  if (typeof location !== 'string') throw new BadMessageError(location.what, body);
  return {
    ...data,
    output_file_location: location,
    run: data.run ?? DEFAULT_RUN,
    job: data.job ?? jobId(data.Metadata),
  };
}

/** Everything the script is given: what all jobs share, overlaid by what is this job's own. */
export function parametersOf({
  shared_metadata,
  Metadata,
}: Pick<Message, 'shared_metadata' | 'Metadata'>): Group {
  return { ...shared_metadata, ...Metadata };
}

/**
 * A message's body as queues take it. SQS refuses U+FFFE and U+FFFF, the embedded queue everything above them too, and
 * JSON leaves them as they are: escaped, they arrive intact.
 */
export function toBody(job: Message): string {
  const json = JSON.stringify(job);
  return /[\uD800-\uDFFF\uFFFE\uFFFF]/.test(json)
    ? json.replace(
        /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16)}`,
      )
    : json;
}

function reasons(error: z.ZodError): string {
  return error.issues
    .map(({ path, message: text }) => `${path.length > 0 ? path.join('.') : 'the body'}: ${text}`)
    .join('; ');
}
