/** What every check gets, and what it gives. */
import type { Config, Derived } from '../../config/index.ts';
import type { Aws } from '../aws.ts';
import type { Finding } from '../finding.ts';
import type { DeployedStack } from '../stack.ts';

export interface Asked {
  readonly config: Config;
  readonly derived: Derived;
  readonly aws: Aws;
}

/** What the first questions have answered; undefined where AWS did not answer. */
export interface Known {
  /** Of the credentials: 12 digits. */
  readonly account: string | undefined;
  readonly stack: { readonly found: DeployedStack | undefined } | undefined;
}

export interface Check {
  /** For when AWS does not answer: "Looking at the key pair my-key". */
  readonly doing: string;
  readonly look: () => Promise<readonly Finding[]>;
}
