/** The old APP_NAME, and what it can be called in AWS: names of other things are made of it. */
import { literal } from '../literal.ts';
import { schema } from '../schema.ts';
import type { Statement } from './python.ts';

export interface AppName {
  readonly written: string;
  /** The same, unless AWS would refuse it. */
  readonly usable: string;
}

/** @returns undefined when it is not known, or nothing usable can be made of it */
export function appNameIn(statements: readonly Statement[]): AppName | undefined {
  const last = statements.findLast((one) => one.kind === 'assignment' && one.name === 'APP_NAME');
  if (last?.kind !== 'assignment' || typeof last.value !== 'string') return undefined;
  const usable = [last.value, mended(last.value)].find((name) => isUsable(name));
  return usable === undefined ? undefined : { written: last.value, usable };
}

/** What is said of a name that had to be changed. */
export function changedName({ written, usable }: AppName): string {
  return `APP_NAME: ${literal(written)} became ${literal(usable)}, because AWS takes no other names than ones of up to 50 letters, digits, - and _ that begin with a letter (and no --). What the run makes is called by the new one.`;
}

function isUsable(name: string): boolean {
  return name !== '' && schema.shape.APP_NAME.safeParse(name).success;
}

function mended(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (!/[A-Za-z0-9]/.test(plain)) return '';
  const begun = /^[A-Za-z]/.test(plain) ? plain : `Run_${plain.replace(/^_+/, '')}`;
  return begun.slice(0, 50).replace(/[-_]+$/, '');
}
