/** A job's log: what Fiji and the script printed, with a bound, because a script may print for ever. */
import { closeSync, openSync, writeSync } from 'node:fs';

const HEAD_BYTES = 1 << 20;
const TAIL_BYTES = 1 << 20;

export interface LogLimits {
  readonly headBytes: number;
  readonly tailBytes: number;
}

/** Writes the first bytes at once; of the rest it keeps the last ones and writes them, and how many went between, at the end. */
export class CappedLog {
  readonly #file: number;
  readonly #limits: LogLimits;
  #head = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #dropped = 0;
  #failed: string | undefined;

  constructor(path: string, limits: LogLimits = { headBytes: HEAD_BYTES, tailBytes: TAIL_BYTES }) {
    this.#file = openSync(path, 'w');
    this.#limits = limits;
  }

  write(bytes: Buffer): void {
    const room = this.#limits.headBytes - this.#head;
    if (room > 0) {
      const head = bytes.subarray(0, room);
      this.#put(head);
      this.#head += head.length;
      bytes = bytes.subarray(room);
    }
    if (bytes.length === 0) return;
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= this.#limits.tailBytes) {
      const oldest = this.#tail.shift()?.length ?? 0;
      this.#tailBytes -= oldest;
      this.#dropped += oldest;
    }
  }

  /** The last bytes written, as text: where a JVM that died says why. */
  end(): string {
    return Buffer.concat(this.#tail).toString('utf8').slice(-10_000);
  }

  close(): void {
    let tail = Buffer.concat(this.#tail);
    const surplus = tail.length - this.#limits.tailBytes;
    if (surplus > 0) {
      tail = tail.subarray(surplus);
      this.#dropped += surplus;
    }
    if (this.#dropped > 0) this.#put(Buffer.from(`\n[... ${this.#dropped} bytes left out ...]\n`));
    this.#put(tail);
    closeSync(this.#file);
  }

  /** A full disk must not end the worker: the job itself is told to have met it. */
  #put(bytes: Buffer): void {
    if (this.#failed !== undefined || bytes.length === 0) return;
    try {
      writeSync(this.#file, bytes);
    } catch (thrown) {
      this.#failed = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}
