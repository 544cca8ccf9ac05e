/**
 * ImageJ gives back nothing for an image that it cannot open, and prints why, if it says it at all. The script then fails
 * at the next line that uses the image, far from the cause.
 */
import { basename } from 'node:path';
import type { Told } from './told.ts';

/** As Jython and Groovy say that what was called on is not there. */
const NOTHING =
  /'(None)Type' object has no attribute|Cannot (?:get property|invoke method) .* on (null) object/;

export function nothingOpened({ error, printed }: Told): string | undefined {
  const nothing = NOTHING.exec(error);
  if (nothing === null) return undefined;

  const why = wordsOfImageJ(printed);
  return why === undefined
    ? `What was called on is ${nothing[1] ?? nothing[2]}: an image that could not be opened, for example`
    : `ImageJ could not open an image: ${why}`;
}

function wordsOfImageJ(printed: string): string | undefined {
  const unknown = /Unsupported format or file not found:\s*(\S.*)/.exec(printed)?.[1];
  if (unknown !== undefined)
    return `${basename(unknown.trim())} is empty, or in a format that this Fiji cannot read`;
  const parameter = /FileInfo parameter error\.\s*(\S[^\n]*?)\.?\s*\n/.exec(printed)?.[1];
  if (parameter !== undefined) {
    const length = /File length: (\d+)/.exec(printed)?.[1];
    return `${parameter}${length === undefined ? '' : ` (${length} bytes)`}, so its file is cut off or damaged`;
  }
  const thrown = /^(?:[\w.]+\.)?((?:IIO|EOF|DataFormat|\w*Format)Exception\b.*)$/m.exec(printed)?.[1];
  return thrown === undefined ? undefined : `${thrown.trim()}, so its file is cut off or damaged`;
}
