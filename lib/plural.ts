/** @returns a number with its noun: `1 job`, `40,000 jobs` */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
