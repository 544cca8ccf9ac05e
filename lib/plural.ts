/** Numbers for people. */

/** @returns digits in groups of three: `40,000` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** @returns a number with its noun: `1 job`, `40,000 jobs` */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
