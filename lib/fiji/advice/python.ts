/** Where Fiji's Python differs from the one that people know. */
import type { Told } from './told.ts';

/** Packages with parts in C: they run in CPython alone. */
const OF_CPYTHON =
  /\bNo module named (numpy|scipy|pandas|skimage|sklearn|matplotlib|cv2|PIL|tifffile|imageio|torch|tensorflow|cellpose|stardist)\b/;

const F_STRING = /(?<!\w)[rR]?[fF]["']/;

/** What only Python 3 can read. A line with none of it is a slip of the pen: the error's own words say it all. */
const PYTHON_3: readonly RegExp[] = [
  F_STRING,
  /\bprint\s*\(.*\b(?:end|sep|file|flush)\s*=/,
  /\bdef\b.*(?:->|\w\s*:\s*\w)/,
  /:=|\b(?:nonlocal|async|await)\b|\byield from\b|\braise\b.+\bfrom\b/,
  /\b__future__ import annotations\b/,
];

export function pythonAdvice({ error, source }: Told): string | undefined {
  const python = /\borg\.python\./.test(error);
  if (python && /\bSyntaxError\b/.test(error) && PYTHON_3.some((sign) => sign.test(source))) {
    const instead = F_STRING.test(source) ? ': write "n = {}".format(n) for f"n = {n}"' : '';
    return `Fiji's Python is Jython, which reads Python 2.7${instead}`;
  }
  const [, name] = OF_CPYTHON.exec(error) ?? [];
  if (name !== undefined)
    return `Fiji's Python is Jython: Python 2.7 without ${name}, which needs another Python; use ImageJ's own classes (ImageProcessor, ResultsTable)`;
  if (python && /\bSystemExit\b/.test(error))
    return 'sys.exit stops the script as an error does, whatever its number: take it out, a script is done when it ends';
  return undefined;
}
