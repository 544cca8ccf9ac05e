/** Defaults and limits live in the schema; whatever repeats them for people is held against it here. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { optionNames, parseConfig } from '../../lib/config/index.ts';
import { literal } from '../../lib/config/literal.ts';
import { defaultOf } from '../../lib/config/problems.ts';
import { schema } from '../../lib/config/schema.ts';
import shipped from '../../config.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Option -> the cells of its row. */
const rows = new Map(
  [...read('docs/config.md').matchAll(/^\| `([A-Z_]+)` +\|(.*)\|$/gm)].map(([, name = '', rest = '']) => [
    name,
    rest.split(' | ').map((cell) => cell.trim()),
  ]),
);

/** Option -> its doc comment, as an editor shows it. */
const comments = new Map<string, { readonly text: string; readonly default: string }>();
for (const file of readdirSync(new URL('../../lib/config/options/', import.meta.url))) {
  const source = ts.createSourceFile(file, read(`lib/config/options/${file}`), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && /^[A-Z_]+$/.test(node.name.getText())) {
      const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
      const tag = comment?.tags?.find((one) => one.tagName.text === 'default');
      const text = (part: ts.JSDoc | ts.JSDocTag | undefined): string =>
        (ts.getTextOfJSDocComment(part?.comment) ?? '').replaceAll(/\s*\n\s*/g, ' ');
      comments.set(node.name.getText(), { text: text(comment), default: text(tag) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

describe.each(optionNames)('%s', (name) => {
  const fallback = defaultOf(name);

  test('has a doc comment with its default, which the editor shows', () => {
    const comment = comments.get(name);
    expect(comment?.text.length).toBeGreaterThan(20);
    if (fallback === undefined) expect(comment?.default).not.toBe('');
    else expect(comment?.default).toMatch(startsWith(literal(fallback)));
  });

  test('is in docs/config.md with its default and its limits', () => {
    const [shownDefault, must, what] = rows.get(name) ?? [];
    const issue = schema.shape[name].safeParse(Symbol('no value of any option')).error?.issues[0];
    expect(must).toBe(issue?.message);
    expect(what?.length).toBeGreaterThan(20);
    if (fallback === undefined) expect(shownDefault).toBe(comments.get(name)?.default);
    else expect(shownDefault).toMatch(startsWith(`\`${literal(fallback)}\``));
  });

  test('is explained in the shipped config.ts', () => {
    expect(read('config.ts')).toMatch(new RegExp(`^  (// )?${name}: .*, // \\w+`, 'm'));
  });
});

test('docs/config.md has no option that is gone', () => {
  expect([...rows.keys()].sort()).toEqual([...optionNames].sort());
});

test('the shipped config.ts holds the defaults', () => {
  expect(parseConfig(shipped)).toEqual(parseConfig({}));
});

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(,|$)`);
}
