/** What stands under `inputs` in a job file: which keys of the source a pattern means, and where they have to be looked for. */
import picomatch from 'picomatch';

export interface InputPattern {
  readonly text: string;
  /** What every match begins with: the part before the first wildcard. */
  readonly prefix: string;
  matches(key: string): boolean;
}

/** @param text relative to the source, placeholders filled in */
export function inputPattern(text: string): InputPattern {
  const literal = /^(?:\\.|[^\\*?[\](){}!])*/s.exec(text)?.[0] ?? '';
  // A value of a group may be empty, and picomatch takes no empty pattern.
  const matches = text === '' ? () => false : picomatch(text);
  return { text, prefix: literal.replace(/\\(.)/gs, '$1'), matches };
}
