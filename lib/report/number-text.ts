/** Measured numbers for people: whole ones are told whole, others with as many digits as say something. */
import { grouped } from '../plural.ts';

export function numberText(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  return Math.abs(value) >= 1000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** What fits into a well of the plate map: four characters, or nothing. */
const LONGEST = 4;

export function numberLabel(value: number): string {
  const text = String(Math.abs(value) < 10 ? Number(value.toPrecision(2)) : Math.round(value));
  return text.length > LONGEST ? '' : text;
}
