/** What acting takes, and what comes of it. */
import type { Aws } from '../aws.ts';
import type { MonitorSettings } from '../settings.ts';

export interface Acting {
  readonly aws: Aws;
  readonly settings: MonitorSettings;
  /** The same for the same look, so that AWS starts its tasks only once. */
  readonly token: string;
  /** Hears of everything that is done, as one line. */
  readonly say: (line: string) => void;
}

/** What came of the actions. */
export interface Results {
  /** Container instances on which tasks were placed, each as often as it got one. */
  readonly placed: readonly string[];
  /** Why RunTask started nothing at all: nothing found a place, or it was refused as it stood. */
  readonly misfit: { readonly reason: string; readonly refused?: true } | undefined;
  /** Machines that were to end, and turned out to be at work. */
  readonly spared: readonly string[];
  /** Keys of mails that could not be sent. */
  readonly unsent: readonly string[];
  readonly errors: readonly unknown[];
}
