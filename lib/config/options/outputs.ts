/** What counts as done. */
import { flag, text, whole } from '../values.ts';

export const outputs = {
  /**
   * Whether `enqueue` leaves out jobs that already succeeded with the same script and parameters and whose results
   * are still there: sending a job file again then goes on where it was.
   * @default true
   */
  CHECK_IF_DONE_BOOL: flag().default(true),

  /**
   * Fewest files that a job must have written for its success to count.
   * @default 1
   */
  EXPECTED_NUMBER_FILES: whole('files', { min: 0 }).default(1),

  /**
   * Smallest size in bytes at which a file counts towards EXPECTED_NUMBER_FILES.
   * @default 1
   */
  MIN_FILE_SIZE_BYTES: whole('bytes', { min: 0 }).default(1),

  /**
   * Text that a file's name must hold to count towards EXPECTED_NUMBER_FILES, such as '.csv'. Empty: every file
   * counts.
   * @default ''
   */
  NECESSARY_STRING: text("text, such as '.csv'", () => true).default(''),
};
