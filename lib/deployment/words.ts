/** Lists and sums of money, as people write them. */

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2
    ? (items[0] ?? '')
    : `${items.slice(0, -1).join(', ')} and ${items.at(-1) as string}`;
}

/** Dollars to the cent; a price with more digits keeps them. */
export function dollars(amount: number, digits = 2): string {
  const options = { minimumFractionDigits: 2, maximumFractionDigits: digits };
  return `$${amount.toLocaleString('en-US', options)}`;
}
