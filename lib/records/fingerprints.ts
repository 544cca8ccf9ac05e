/**
 * Texts by the million that are only to be known again: 8 bytes each, where a Set of strings takes over 100. A text
 * that was never added is taken for one of a million others once in 10^13 times.
 */
import { hash } from 'node:crypto';
import { Growing } from './growing.ts';

export class Fingerprints {
  /** Two halves a fingerprint, the lower one first: a BigInt for each of millions would be garbage. */
  readonly #halves = new Growing((length) => new Uint32Array(length));

  add(text: string): void {
    const [low, high] = fingerprintOf(text);
    this.#halves.push(low);
    this.#halves.push(high);
  }

  /** @param wanted asked with the place of each text, 0 for the first that was added */
  pick(wanted: (place: number) => boolean): KnownTexts {
    const all = this.#halves.all();
    const picked = new Growing((length) => new Uint32Array(length));
    for (let place = 0; place < all.length / 2; place += 1) {
      if (!wanted(place)) continue;
      picked.push(all[2 * place] as number);
      picked.push(all[2 * place + 1] as number);
    }
    return new KnownTexts(picked.all());
  }
}

export class KnownTexts {
  readonly #halves: Uint32Array<ArrayBuffer>;
  /** Different texts. */
  readonly size: number;

  /** @param halves sorted in place */
  constructor(halves: Uint32Array<ArrayBuffer>) {
    const whole = new BigUint64Array(halves.buffer, halves.byteOffset, halves.length / 2).sort();
    this.#halves = halves;
    let size = 0;
    for (let place = 0; place < whole.length; place += 1) if (!this.#equals(place, place - 1)) size += 1;
    this.size = size;
  }

  has(text: string): boolean {
    const [low, high] = fingerprintOf(text);
    let [from, to] = [0, this.#halves.length / 2];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const [itsLow, itsHigh] = [this.#halves[2 * middle] as number, this.#halves[2 * middle + 1] as number];
      if (itsLow === low && itsHigh === high) return true;
      if (itsHigh < high || (itsHigh === high && itsLow < low)) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  #equals(place: number, other: number): boolean {
    const halves = this.#halves;
    return halves[2 * place] === halves[2 * other] && halves[2 * place + 1] === halves[2 * other + 1];
  }
}

/** Little-endian, as the numbers of every machine that Node runs on: the second half is the higher one. */
function fingerprintOf(text: string): readonly [low: number, high: number] {
  const digest = hash('sha256', text, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
