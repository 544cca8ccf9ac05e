/** One group and what all share become the message that travels through the queue. */
import type { Group } from './group.ts';
import type { JobFileHeader } from './header.ts';
import { fill, literally, toLocation } from './location.ts';
import type { JobMessage } from './parse-message.ts';

/** The largest message that SQS takes, in bytes of UTF-8; a batch of ten may be no larger either. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What a new job may have of it: the rest is for what happens to it, and travels along when it is sent again. */
export const MAX_JOB_BYTES = MAX_MESSAGE_BYTES - 8 * 1024;

/**
 * @param header Checked, and its placeholders are known to be in the group (check-messages.ts).
 */
export function toMessage(header: JobFileHeader, group: Group, job: string): JobMessage {
  return {
    Metadata: group,
    output_file_location: locationOf(header, group),
    shared_metadata: header.shared_metadata,
    ...(header.inputs === undefined
      ? {}
      : { inputs: header.inputs.map((input) => fill(input, group, literally)) }),
    run: header.run,
    job,
  };
}

/** Where this group's outputs go. A value may have slashes in it, but not climb out of the folder. */
export function locationOf({ output_file_location: template }: JobFileHeader, group: Group): string {
  if (!template.includes('{')) return template;
  const location = toLocation(fill(template, group));
  return typeof location === 'string' ? location : '';
}
