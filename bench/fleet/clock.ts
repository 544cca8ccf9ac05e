/** Simulated time: things that are to happen, in order. Seconds. */
import TinyQueue from 'tinyqueue';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Clock {
  now = 0;
  #order = 0;
  readonly #events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);

  after(seconds: number, happen: () => void): void {
    this.#events.push({ at: this.now + seconds, order: this.#order++, happen });
  }

  /** Until `done`, or until `limit` seconds have passed. */
  run(limit: number, done: () => boolean): void {
    while (!done() && this.now < limit) {
      const event = this.#events.pop();
      if (event === undefined) return;
      this.now = event.at;
      event.happen();
    }
  }
}
