/** A list of numbers that grows, without an object for each: there may be millions. */
export class Growing<A extends Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>> {
  readonly #make: (length: number) => A;
  #numbers: A;
  #length = 0;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.#numbers = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = number;
  }

  /** The numbers themselves, no copy: valid until the next push. */
  all(): A {
    return this.#numbers.subarray(0, this.#length) as A;
  }
}
