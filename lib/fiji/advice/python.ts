/** Where Fiji's Python differs from the one that people know. */
import type { Told } from './told.ts';

/** Packages with parts in C: they run in CPython alone. */
const OF_CPYTHON =
  /\bNo module named (numpy|scipy|pandas|skimage|sklearn|matplotlib|cv2|PIL|tifffile|imageio|torch|tensorflow|cellpose|stardist)\b/;

export function pythonAdvice({ error, source }: Told): string | undefined {
  const python = /\borg\.python\./.test(error);
  if (python && /\bSyntaxError\b/.test(error)) {
    const instead = /(?<!\w)[rR]?[fF]["']/.test(source) ? ': write "n = {}".format(n) for f"n = {n}"' : '';
    return `Fiji's Python is Jython, which reads Python 2.7${instead}`;
  }
  const [, name] = OF_CPYTHON.exec(error) ?? [];
  if (name !== undefined)
    return `Fiji's Python is Jython: Python 2.7 without ${name}, which needs another Python; use ImageJ's own classes (ImageProcessor, ResultsTable)`;
  if (python && /\bSystemExit\b/.test(error))
    return 'sys.exit stops the script as an error does, whatever its number: take it out, a script is done when it ends';
  return undefined;
}
