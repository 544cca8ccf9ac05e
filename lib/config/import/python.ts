/**
 * Reads the plain statements of an old config.py without ever running it: comments, and assignments of text, numbers,
 * True, False, None, lists, and sums of these and of names assigned before. All else is named and left unread.
 * The grammar is @lezer/python's, which reads on after a mistake.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { evaluate, type Value, Unread } from './evaluate.ts';

export type Statement =
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  | { readonly kind: 'blank'; readonly line: number }
  | {
      readonly kind: 'assignment';
      readonly line: number;
      readonly name: string;
      readonly value: Value;
      /** What stands behind it on its line, without `#`. */
      readonly comment: string | undefined;
    }
  | {
      readonly kind: 'unread';
      readonly line: number;
      readonly source: string;
      readonly why: string;
      /** Names whose values are not known from here on. */
      readonly names: readonly string[];
    };

/** @param source the Python file's text. */
export function readPython(source: string): Statement[] {
  const text = source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const reader = new Reader(text);
  return reader.read();
}

class Reader {
  readonly #text: string;
  readonly #known = new Map<string, Value>();
  readonly #statements: Statement[] = [];
  /** Last line that a statement or comment has reached. */
  #reached = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Statement[] {
    for (const node of children(parser.parse(this.#text).topNode)) {
      if (this.#lineAt(node.from) > this.#reached + 1) {
        this.#statements.push({ kind: 'blank', line: this.#reached + 1 });
      }
      this.#statement(node);
      this.#reached = this.#lineAt(Math.max(node.from, node.from + this.#source(node).length - 1));
    }
    return this.#statements;
  }

  #statement(node: SyntaxNode): void {
    if (node.name === 'StatementGroup') {
      for (const one of children(node)) if (one.name !== ';') this.#statement(one);
    } else if (node.name === 'Comment') {
      this.#comment(node);
    } else if (node.name === 'ExpressionStatement' && node.firstChild?.name === 'String') {
      // Text on its own is how Python comments out a block.
      const lines = this.#source(node)
        .replaceAll(/^[rRuU]?["']+|["']+$/g, '')
        .split('\n');
      lines.forEach((text, index) => {
        if (text.trim() === '' && (index === 0 || index === lines.length - 1)) return;
        this.#statements.push({ kind: 'comment', line: this.#lineAt(node.from) + index, text: text.trim() });
      });
    } else {
      this.#assignment(node);
    }
  }

  #comment(node: SyntaxNode): void {
    const line = this.#lineAt(node.from);
    const text = this.#source(node).replace(/^#+!?/, '').trim();
    const last = this.#statements.at(-1);
    if (last?.kind === 'assignment' && line === this.#reached) {
      this.#statements[this.#statements.length - 1] = { ...last, comment: text };
    } else {
      this.#statements.push({ kind: 'comment', line, text });
    }
  }

  #assignment(node: SyntaxNode): void {
    const line = this.#lineAt(node.from);
    try {
      if (node.name !== 'AssignStatement')
        throw new Unread(`a config holds assignments only; ${kindOf(node)} is not run`);
      const { names, values } = sides(node);
      const value =
        values.length === 1
          ? evaluate(values[0] as SyntaxNode, this.#text, this.#known)
          : values.map((one) => evaluate(one, this.#text, this.#known));
      for (const name of names.map((one) => this.#source(one))) {
        this.#known.set(name, value);
        this.#statements.push({ kind: 'assignment', line, name, value, comment: undefined });
      }
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      const names = assignedIn(node).map((one) => this.#source(one));
      for (const name of names) this.#known.delete(name);
      this.#statements.push({ kind: 'unread', line, source: this.#source(node), why: error.why, names });
    }
  }

  #source(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to).trimEnd();
  }

  #lineAt(position: number): number {
    return this.#text.slice(0, position).split('\n').length;
  }
}

/** `A = B = 1` has two names; `A = 1, 2` two values, which make a list. */
function sides(node: SyntaxNode): {
  readonly names: readonly SyntaxNode[];
  readonly values: readonly SyntaxNode[];
} {
  const parts: SyntaxNode[][] = [[]];
  for (const child of children(node)) {
    if (child.type.isError) throw new Unread('it is not valid Python');
    if (child.name === 'AssignOp') parts.push([]);
    else if (child.name !== ',' && child.name !== 'TypeDef') parts.at(-1)?.push(child);
  }
  const values = parts.pop() ?? [];
  if (parts.some((part) => part.length !== 1 || part[0]?.name !== 'VariableName')) {
    throw new Unread('only a plain name can be given a value');
  }
  if (values.length === 0) throw new Unread('it is not valid Python');
  return { names: parts.flat(), values };
}

/** Names that a statement which was not read may have changed. */
function assignedIn(node: SyntaxNode): SyntaxNode[] {
  const isTarget = ['AssignStatement', 'UpdateStatement'].includes(node.name);
  const own = isTarget
    ? children(node).slice(
        0,
        children(node).findLastIndex(({ name }) => /AssignOp|UpdateOp/.test(name)),
      )
    : [];
  const targets = own.filter(({ name }) => name === 'VariableName');
  return [...targets, ...children(node).flatMap(assignedIn)];
}

function kindOf(node: SyntaxNode): string {
  return node.type.isError ? 'this' : `this ${node.name.replace(/Statement|Definition/, '').toLowerCase()}`;
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) all.push(child);
  return all;
}
