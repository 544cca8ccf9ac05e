/** What a script's error does not say by itself: what to do about it. One sentence, and only what the error proves. */
import { missingPlugin } from './missing-plugin.ts';
import { pythonAdvice } from './python.ts';
import { needsScreen } from './screen.ts';
import { nothingOpened } from './nothing-opened.ts';
import type { Told } from './told.ts';

/** @returns a sentence without a full stop; undefined when the error says it all */
export function advice(told: Told): string | undefined {
  return missingPlugin(told.error) ?? ofScreen(told) ?? pythonAdvice(told) ?? nothingOpened(told);
}

function ofScreen({ error, calls, headless }: Told): string | undefined {
  if (headless && /HeadlessException|java\.awt\.AWTError|Can't connect to X11/.test(error))
    return needsScreen(calls);
  if (/libawt_xawt|UnsatisfiedLinkError.*awt/.test(error))
    return 'This Java has no graphics part: install a full one instead of a headless one';
  if (/No window with the title "(Results|Summary|Log)"/.test(error))
    return 'No window shows it here, and it is there all the same: take the selectWindow line out; saveAs("Results", path) saves the table, getInfo("log") has the log';
  return undefined;
}
