/** The value of a plain Python expression: text, numbers, True, False, None, lists, sums, and names known before. */
import type { SyntaxNode } from '@lezer/common';

export type Value = string | number | boolean | null | readonly Value[];

/** Says why an expression is left unread; never leaves this folder. */
export class Unread extends Error {
  readonly why: string;

  constructor(why: string) {
    super(why);
    this.why = why;
  }
}

type Known = ReadonlyMap<string, Value>;

/** @throws {Unread} for anything that would have to be run. */
export function evaluate(node: SyntaxNode, text: string, known: Known): Value {
  const source = text.slice(node.from, node.to);
  const inner = (): SyntaxNode[] => operands(node);
  switch (node.name) {
    case 'String':
      return stringValue(source);
    case 'ContinuedString':
      return inner()
        .map((part) => String(evaluate(part, text, known)))
        .join('');
    case 'FormatString':
      return formatted(node, text, known);
    case 'Number':
      return numberValue(source);
    case 'Boolean':
      return source === 'True';
    case 'None':
      return null;
    case 'VariableName': {
      const value = known.get(source);
      if (value === undefined) throw new Unread(`${source} has no value that could be read`);
      return value;
    }
    case 'ArrayExpression':
    case 'TupleExpression':
      return inner().map((item) => evaluate(item, text, known));
    case 'ParenthesizedExpression': {
      const [only] = inner();
      if (only === undefined) return [];
      return evaluate(only, text, known);
    }
    case 'UnaryExpression':
    case 'BinaryExpression':
      return calculated(node, text, known);
    case 'CallExpression':
      return converted(node, text, known);
    default:
      throw new Unread(node.type.isError ? 'it is not valid Python' : 'its value would have to be run');
  }
}

/** A node's parts without brackets and commas. */
function operands(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.type.isError) throw new Unread('it is not valid Python');
    if (!/^[()[\],]$/.test(child.name)) all.push(child);
  }
  return all;
}

function calculated(node: SyntaxNode, text: string, known: Known): Value {
  const parts = operands(node);
  const operator = parts.find(({ name }) => name === 'ArithOp');
  const sign = operator === undefined ? '' : text.slice(operator.from, operator.to);
  const [left, right] = parts.filter((part) => part !== operator).map((part) => evaluate(part, text, known));
  if (right === undefined && typeof left === 'number' && (sign === '-' || sign === '+')) {
    return sign === '-' ? -left : left;
  }
  if (sign === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (sign === '+' && Array.isArray(left) && Array.isArray(right))
    return [...(left as Value[]), ...(right as Value[])];
  const calculate = arithmetic[sign];
  if (calculate === undefined || typeof left !== 'number' || typeof right !== 'number') {
    throw new Unread('its value would have to be run');
  }
  return calculate(left, right);
}

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '//': (left, right) => Math.floor(left / right),
  '**': (left, right) => left ** right,
};

/** `str(x)`, `int(x)` and `float(x)`: the only calls that need no running. */
function converted(node: SyntaxNode, text: string, known: Known): Value {
  const [callee, list] = operands(node);
  const [argument, ...more] = list?.name === 'ArgList' ? operands(list) : [];
  const name = callee === undefined ? '' : text.slice(callee.from, callee.to);
  if (argument === undefined || more.length > 0 || !['str', 'int', 'float'].includes(name)) {
    throw new Unread('its value would have to be run');
  }
  const value = evaluate(argument, text, known);
  if (name === 'str' && (typeof value === 'string' || typeof value === 'number')) return String(value);
  const number = typeof value === 'boolean' || value === null || Array.isArray(value) ? NaN : Number(value);
  if (name === 'str' || Number.isNaN(number)) throw new Unread('its value would have to be run');
  return name === 'int' ? Math.trunc(number) : number;
}

function formatted(node: SyntaxNode, text: string, known: Known): string {
  let result = '';
  let position = node.from;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const name = /^\{(\w+)\}$/.exec(text.slice(child.from, child.to))?.[1];
    const value = name === undefined ? undefined : known.get(name);
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Unread('its value would have to be run');
    result += text.slice(position, child.from) + String(value);
    position = child.to;
  }
  const whole = (result + text.slice(position, node.to)).replace(/^[fF]/, '');
  return stringValue(whole).replaceAll('{{', '{').replaceAll('}}', '}');
}

function numberValue(source: string): number {
  const value = Number(source.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new Unread(`${source} is no number that a config can hold`);
  return value;
}

function stringValue(source: string): string {
  const parts = /^([rRuUbB]{0,2})('''|"""|'|")([\s\S]*)\2$/.exec(source);
  if (parts === null) throw new Unread('its quotes do not close');
  const [, prefix = '', , inner = ''] = parts;
  if (/b/i.test(prefix)) throw new Unread('bytes are not text');
  return /r/i.test(prefix) ? inner : unescaped(inner);
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** Python leaves an escape that it does not know as it stands. */
function unescaped(inner: string): string {
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (all, hex: string | undefined, unicode: string | undefined, single: string | undefined) =>
      single === undefined
        ? String.fromCharCode(parseInt(hex ?? unicode ?? '', 16))
        : (escapes[single] ?? all),
  );
}
