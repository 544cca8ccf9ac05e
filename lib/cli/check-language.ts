/** The script's language against the Fiji that was found: missed before workers start, instead of by every job. */
import { basename } from 'node:path';
import { DistributedFijiError } from '../errors.ts';
import type { FijiThatIsThere } from '../fiji/find/find.ts';
import { maySpeak, STARTER_LANGUAGES } from '../fiji/starter/languages.ts';

export class LanguageError extends DistributedFijiError {
  constructor(script: string, fiji: FijiThatIsThere) {
    super(
      `${basename(script)} is in a language that the Fiji here does not have: it runs ${STARTER_LANGUAGES.join(', ')} (${fiji.origin}).`,
      {
        code: 'SCRIPT_INVALID',
        fix: 'Install Fiji (fiji.sc), which has more languages, and set FIJI_HOME to its folder.',
      },
    );
  }
}

/**
 * @param script path or address
 * @throws LanguageError
 */
export function mustSpeak(fiji: FijiThatIsThere, script: string): void {
  if (!maySpeak(fiji, script)) throw new LanguageError(script, fiji);
}
