/** One thing that is built here and shipped there. */
export interface Artifact {
  /** Absolute path. */
  readonly folder: string;
  /** Hex: other contents, other digest. */
  readonly digest: string;
}
