/** Reads the attributes of a `#@` line: `label="a, b", value=0.5, choices={"A", "B"}`. Anything odd is skipped, as SciJava does. */

export type AttributeValue = string | string[];

/** Keys in lower case (SciJava ignores case); values as text, without quotes; `{...}` as a list. */
export function readAttributes(text: string): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const item of splitOutside(text, ',')) {
    const [key, ...rest] = splitOutside(item, '=');
    if (key === undefined || rest.length === 0) continue;
    const value = rest.join('=').trim();
    attributes.set(
      key.trim().toLowerCase(),
      value.startsWith('{') && value.endsWith('}')
        ? splitOutside(value.slice(1, -1), ',')
            .filter((choice) => choice.trim() !== '')
            .map(unquote)
        : unquote(value),
    );
  }
  return attributes;
}

/** Splits at a separator that stands outside of quotes and brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let depth = 0;
  let part = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '' && c === '\\') {
      part += c + text.charAt(++i);
      continue;
    }
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if ('{(['.includes(c)) depth++;
    else if ('})]'.includes(c)) depth--;
    else if (c === separator && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    part += c;
  }
  parts.push(part);
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unquote(text: string): string {
  const value = text.trim();
  const quote = value.charAt(0);
  if ((quote !== '"' && quote !== "'") || value.length < 2 || !value.endsWith(quote)) return value;
  return value
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, c: string) =>
      hex === undefined ? (ESCAPES[c] ?? c) : String.fromCharCode(parseInt(hex, 16)),
    );
}
