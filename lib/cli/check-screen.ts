/** A screen for what cannot run without one: missed before workers start, instead of by each of them. */
import { DistributedFijiError } from '../errors.ts';
import type { FijiThatIsThere } from '../fiji/find/find.ts';
import { DisplayError, macroNeedsScreen, openDisplay } from '../fiji/session/display.ts';

export class ScreenError extends DistributedFijiError {
  constructor(why: string, cause: DisplayError, otherwise: string) {
    super(`${why} ${cause.message}`, {
      code: 'FIJI_FAILED',
      fault: 'environment',
      fix: `${cause.fix ?? ''}${otherwise}`,
      cause,
    });
  }
}

/**
 * Opens a virtual screen, and closes it again.
 *
 * @param script path or address
 * @throws ScreenError when one is needed and there is none to be had
 */
export async function mustHaveScreen(
  fiji: FijiThatIsThere,
  script: string,
  virtualDisplay: boolean,
): Promise<void> {
  const forMacro = macroNeedsScreen(fiji, script);
  if (!virtualDisplay && !forMacro) return;
  try {
    await (await openDisplay(process.env)).close();
  } catch (error) {
    if (!(error instanceof DisplayError)) throw error;
    throw forMacro
      ? new ScreenError(
          'Without a Fiji of your own, macros run only under a virtual screen.',
          error,
          ' Or install Fiji, which runs macros without a screen, and set FIJI_HOME to its folder.',
        )
      : new ScreenError(
          'Fiji was to run under a virtual screen (--virtual-display, VIRTUAL_DISPLAY).',
          error,
          '',
        );
  }
}
