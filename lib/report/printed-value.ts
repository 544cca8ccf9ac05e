/**
 * What a script says it measured, for colours and numbers on the page of pictures: a line `value: 217 spots` of its log,
 * the last one if there are several. Something that scripts say on purpose: a table's columns would have to be guessed.
 */
export interface PrintedValue {
  readonly value: number;
  /** What is counted, e.g. `spots`; empty when the script does not say. */
  readonly unit: string;
}

const LINE = /^\s*value:[ \t]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:[ \t]+(\S.*?))?\s*$/gim;
const LONGEST_UNIT = 30;

export function printedValue(log: string): PrintedValue | undefined {
  const [, number, unit = ''] = [...log.matchAll(LINE)].at(-1) ?? [];
  return number === undefined ? undefined : { value: Number(number), unit: unit.slice(0, LONGEST_UNIT) };
}
