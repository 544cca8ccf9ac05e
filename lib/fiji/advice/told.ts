/** What is known of a script's error when advice is asked for. */
export interface Told {
  /** Class names and messages of the whole chain of errors, with the line of the script. */
  readonly error: string;
  /** What was being called when it was thrown: `ij.IJ.run`, one a line, the innermost first. */
  readonly calls: string;
  /** The line of the script; empty when it is not known. */
  readonly source: string;
  /** The last of what was printed. */
  readonly printed: string;
  readonly headless: boolean;
}
