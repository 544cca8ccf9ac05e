/**
 * The kinds of value an option can have. Each takes one phrase, `must`, that says what the value must be: every
 * message about the option is made of it (lib/config/problems.ts).
 * Old Python configs wrote booleans as 'True' and numbers now and then as text: both are understood.
 */
import { z } from 'zod';

type NumberText = `${number}`;

/** Both ends count. */
interface Range {
  readonly min: number;
  readonly max?: number;
}

/** true, false, or the 'True' and 'False' of an old config. */
export function flag() {
  return z
    .union([z.boolean(), z.enum(['True', 'False', 'true', 'false'])], { error: 'true or false' })
    .transform((value) => value === true || value === 'True' || value === 'true');
}

/**
 * A whole number, or the text of one.
 * @param what the unit with its words, such as 'seconds' or 'CPU units (1024 a core)'; the limits follow by themselves.
 */
export function whole(what: string, range: Range) {
  const limits =
    range.max === undefined ? `${String(range.min)} or more` : `${String(range.min)}-${String(range.max)}`;
  const must = `a whole number of ${what}, ${limits}`;
  return numeric(must).pipe(
    z.number().refine((value) => Number.isSafeInteger(value) && inRange(value, range), { error: must }),
  );
}

/** One of a few whole numbers. */
export function choice(what: string, among: readonly number[]) {
  const must = `one of these numbers of ${what}: ${among.join(', ')}`;
  return numeric(must).pipe(z.number().refine((value) => among.includes(value), { error: must }));
}

/**
 * A number above zero, or the text of one.
 * @param limit the most it can be, and why.
 */
export function positive(what: string, limit?: { readonly max: number; readonly why: string }) {
  const max = limit?.max ?? Infinity;
  const must =
    limit === undefined ? `${what} above 0` : `${what} above 0, at most ${String(max)} (${limit.why})`;
  return numeric(must).pipe(z.number().refine((value) => value > 0 && value <= max, { error: must }));
}

function numeric(must: string) {
  return z.union([z.number(), z.custom<NumberText>(isNumberText)], { error: must }).transform(Number);
}

function isNumberText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value);
}

function inRange(value: number, { min, max = Infinity }: Range): boolean {
  return value >= min && value <= max;
}

export function text(must: string, accepts: RegExp | ((value: string) => boolean)) {
  const accepted = accepts instanceof RegExp ? (value: string) => accepts.test(value) : accepts;
  return z.string({ error: must }).refine(accepted, { error: must });
}

/** Text that may be left out; '' stands for left out, as in old configs. */
export function optionalText(must: string, accepts: RegExp | ((value: string) => boolean)) {
  const given = text(must, accepts);
  return z.union([z.literal('').transform(() => undefined), given], { error: must }).optional();
}

/** What S3 takes as a bucket's name; `s3://` and a path are not part of it. */
export function isBucketName(value: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) &&
    !value.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(value) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(value) &&
    !/(-s3alias|--ol-s3|--x-s3|\.mrap)$/.test(value)
  );
}

export const bucketName =
  'a bucket name without s3:// or folders: 3-63 lower-case letters, digits, dots and hyphens';
