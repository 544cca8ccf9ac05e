/**
 * Which job ids have been met: a hash table of 64-bit numbers in two typed arrays, 16 to 32 bytes an id, where a Set of
 * strings would take over 100.
 */
export class SeenIds {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #zero = false;
  size = 0;

  /**
   * @param id 16 hex digits.
   * @returns False when the id was there already.
   */
  add(id: string): boolean {
    const high = Number.parseInt(id.slice(0, 8), 16);
    const low = Number.parseInt(id.slice(8), 16);
    if (high === 0 && low === 0) {
      // (0, 0) marks a free slot.
      const fresh = !this.#zero;
      this.#zero = true;
      this.size += fresh ? 1 : 0;
      return fresh;
    }
    if (this.size * 2 >= this.#high.length) this.#grow();
    const fresh = this.#put(high, low);
    this.size += fresh ? 1 : 0;
    return fresh;
  }

  #put(high: number, low: number): boolean {
    const mask = this.#high.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      if (this.#high[slot] === 0 && this.#low[slot] === 0) {
        this.#high[slot] = high;
        this.#low[slot] = low;
        return true;
      }
      if (this.#high[slot] === high && this.#low[slot] === low) return false;
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    for (let slot = 0; slot < high.length; slot += 1) {
      const [a, b] = [high[slot] as number, low[slot] as number];
      if (a !== 0 || b !== 0) this.#put(a, b);
    }
  }
}
