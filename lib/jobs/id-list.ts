/**
 * Which ids came more than once, among millions: 8 bytes an id and nothing thrown away on the way, where a Set of strings
 * would take over 100. Asked once, at the end, by sorting.
 */
import { ID_LENGTH } from './job-id.ts';

const ID_BYTES = ID_LENGTH / 2;
const IDS_A_PIECE = 65_536;

export interface IdTally {
  /** Different ids. */
  readonly distinct: number;
  /** Ids that came once. */
  readonly single: number;
  /** Ids that came more than once, as many as were asked for. */
  readonly repeated: readonly string[];
}

export class IdList {
  readonly #pieces: Buffer[] = [];
  #count = 0;

  /** @param id 16 hex digits */
  add(id: string): void {
    const place = this.#count % IDS_A_PIECE;
    if (place === 0) this.#pieces.push(Buffer.alloc(IDS_A_PIECE * ID_BYTES));
    (this.#pieces.at(-1) as Buffer).write(id, place * ID_BYTES, 'hex');
    this.#count += 1;
  }

  /** @param most How many of the repeated ids to name. */
  tally(most: number): IdTally {
    const all = Buffer.alloc(this.#count * ID_BYTES);
    this.#pieces.forEach((piece, index) => piece.copy(all, index * piece.length));
    new BigUint64Array(all.buffer, all.byteOffset, this.#count).sort();
    // Compared as two halves: a BigInt for each of millions would be garbage.
    const halves = new Uint32Array(all.buffer, all.byteOffset, this.#count * 2);
    const same = (a: number, b: number) =>
      halves[2 * a] === halves[2 * b] && halves[2 * a + 1] === halves[2 * b + 1];
    const repeated: string[] = [];
    let [distinct, single] = [0, 0];
    for (let start = 0; start < this.#count; distinct += 1) {
      let end = start + 1;
      while (end < this.#count && same(start, end)) end += 1;
      if (end === start + 1) single += 1;
      else if (repeated.length < most)
        repeated.push(all.toString('hex', start * ID_BYTES, (start + 1) * ID_BYTES));
      start = end;
    }
    return { distinct, single, repeated };
  }
}
