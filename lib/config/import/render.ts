/** The text of a config.ts, line by line in the order of the old config, as Prettier would leave it. */
import { literal } from '../literal.ts';
import type { OptionName } from '../schema.ts';

export type Entry =
  | { readonly kind: 'blank' }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'option'; readonly name: OptionName; readonly comment: string | undefined };

const LINE_WIDTH = 110;

export function render(
  entries: readonly Entry[],
  values: Readonly<Partial<Record<OptionName, unknown>>>,
  library: string,
): string {
  const body = tidy(lastOfEach(entries, values)).flatMap((entry) => {
    if (entry.kind === 'blank') return [''];
    if (entry.kind === 'comment') return [`  // ${oneLine(entry.text)}`.trimEnd()];
    return optionLines(entry.name, values[entry.name], entry.comment);
  });
  const options = body.length === 0 ? '{}' : `{\n${body.join('\n')}\n}`;
  return `import { defineConfig } from ${literal(library)};\n\nexport default defineConfig(${options});\n`;
}

function optionLines(name: OptionName, value: unknown, comment: string | undefined): string[] {
  const remark = comment === undefined || comment === '' ? '' : ` // ${oneLine(comment)}`;
  const line = `  ${name}: ${literal(value)},`;
  if (!Array.isArray(value) || line.length <= LINE_WIDTH) return [line + remark];
  return [`  ${name}: [`, ...value.map((item) => `    ${literal(item)},`), `  ],${remark}`];
}

/** Of an option given twice the last counts; one that was given up later is gone. */
function lastOfEach(entries: readonly Entry[], values: Readonly<Record<string, unknown>>): Entry[] {
  return entries.filter(
    (entry, index) =>
      entry.kind !== 'option' ||
      (entry.name in values &&
        !entries.slice(index + 1).some((later) => later.kind === 'option' && later.name === entry.name)),
  );
}

/** One blank line at a time, none at either end. */
function tidy(entries: readonly Entry[]): Entry[] {
  const single = entries.filter(
    (entry, index) => entry.kind !== 'blank' || (index > 0 && entries[index - 1]?.kind !== 'blank'),
  );
  return single.at(-1)?.kind === 'blank' ? single.slice(0, -1) : single;
}

/** JavaScript ends a line comment at characters that Python does not. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
}
