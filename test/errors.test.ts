import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { messageOf } from '../lib/errors.ts';

test.each([
  ['an error', new TypeError("é it's"), "é it's"],
  ['an error of another realm', runInNewContext("new RangeError('far')"), 'far'],
  ['what only looks like one', { message: 'no prototype' }, 'no prototype'],
  ['a text', 'said', 'said'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['an object', { code: 7 }, '{ code: 7 }'],
])('what %s says', (_, thrown, said) => {
  expect(messageOf(thrown)).toBe(said);
});
