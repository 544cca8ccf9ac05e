/** Where sending goes on after it was stopped: `--from 12001:1f0c9d2e`, a job's number and a checksum of those before it. */
import { DistributedFijiError } from '../errors.ts';
import type { JobFile } from '../jobs/index.ts';
import { grouped } from '../plural.ts';

export class ResumeError extends DistributedFijiError {
  constructor(message: string, fix: string) {
    super(message, { code: 'USAGE', fix });
  }
}

/** @param upTo Jobs at the beginning of the file that need not be sent again. */
export function placeAfter(jobFile: JobFile, upTo: number): string {
  return `${upTo + 1}:${jobFile.checksum(upTo)}`;
}

/**
 * @param text A job's number (1 is the first), and the checksum if it is known.
 * @returns How many jobs of the file to leave out.
 * @throws ResumeError when there is no such job, or the groups before it are not those of the first time: a group that
 *   moved across the mark would never be sent.
 */
export function jobsBefore(text: string, jobFile: JobFile): number {
  const [, digits, checksum] = /^(\d+)(?::([0-9a-f]{8}))?$/.exec(text) ?? [];
  const upTo = Number(digits) - 1;
  if (digits === undefined || upTo < 0 || upTo >= jobFile.count) {
    throw new ResumeError(
      `--from ${text} names no job of ${jobFile.path}, which has ${grouped(jobFile.count)}.`,
      `Give the number of the first job to send, 1 to ${jobFile.count}, or leave --from out.`,
    );
  }
  if (checksum !== undefined && checksum !== jobFile.checksum(upTo)) {
    throw new ResumeError(
      `The first ${grouped(upTo)} jobs of ${jobFile.path} are not those that were sent before: its groups have changed.`,
      'Leave --from out and send the whole file: a job that is sent twice does no harm.',
    );
  }
  return upTo;
}
