/** Work that goes on beside the main line. The first thing that fails is told; all of it can be waited for. */
export class Background {
  readonly #onFailure: (error: unknown) => void;
  readonly #running = new Set<Promise<void>>();

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** @returns resolves when the work has ended, well or not; never rejects */
  run(work: Promise<unknown>): Promise<void> {
    const tracked = work
      .then(() => undefined, this.#onFailure)
      .finally(() => {
        this.#running.delete(tracked);
      });
    this.#running.add(tracked);
    return tracked;
  }

  /** Resolves when nothing runs any more, what was added meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
