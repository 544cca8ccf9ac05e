/** A job's log: what Fiji and the script printed, with a bound, because a script may print for ever. */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface LogLimits {
  readonly headBytes: number;
  readonly tailBytes: number;
}

const LIMITS: LogLimits = { headBytes: 1 << 20, tailBytes: 1 << 20 };
const LAST_BYTES = 16 * 1024;

/** How Java says that a disk, or a container's share of it, is full. */
export const DISK_FULL = /No space left on device|Disk quota exceeded/;

/** Writes the first bytes at once; of the rest it keeps the last ones and writes them, and how many went between, at the end. */
export class CappedLog {
  readonly #file: number;
  readonly #headBytes: number;
  readonly #tail: Ring;
  readonly #last = new Ring(LAST_BYTES);
  #head = 0;
  #diskFull: string | undefined;

  constructor(path: string, limits: LogLimits = LIMITS) {
    this.#file = openSync(path, 'w');
    this.#headBytes = limits.headBytes;
    this.#tail = new Ring(limits.tailBytes);
  }

  write(bytes: Buffer): void {
    this.#diskFull ??= DISK_FULL.exec(bytes.toString('latin1'))?.[0];
    this.#last.write(bytes);
    const head = bytes.subarray(0, this.#headBytes - this.#head);
    this.#put(head);
    this.#head += head.length;
    this.#tail.write(bytes.subarray(head.length));
  }

  /** The last that was printed: where a JVM that died says why. */
  get last(): string {
    return this.#last.content().toString('utf8');
  }

  /** The words that told of a full disk, wherever they stood. */
  get diskFull(): string | undefined {
    return this.#diskFull;
  }

  close(): void {
    const tail = this.#tail.content();
    const leftOut = this.#tail.written - tail.length;
    if (leftOut > 0) this.#put(Buffer.from(`\n[... ${leftOut} bytes left out ...]\n`));
    this.#put(tail);
    closeSync(this.#file);
  }

  /** A full disk must not end the worker: the job itself has met it. */
  #put(bytes: Buffer): void {
    if (bytes.length === 0) return;
    try {
      writeSync(this.#file, bytes);
    } catch (thrown) {
      this.#diskFull ??=
        DISK_FULL.exec(String(thrown))?.[0] ??
        (String(thrown).includes('ENOSPC') ? 'No space left on device' : undefined);
    }
  }
}

/** The last bytes of a stream. Its memory is made when the first byte comes. */
class Ring {
  readonly #size: number;
  #bytes: Buffer | undefined;
  written = 0;

  constructor(size: number) {
    this.#size = size;
  }

  write(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#bytes ??= Buffer.allocUnsafe(this.#size);
    this.written += bytes.length;
    const kept = bytes.subarray(Math.max(0, bytes.length - this.#size));
    const start = (this.written - kept.length) % this.#size;
    const copied = kept.copy(this.#bytes, start);
    kept.copy(this.#bytes, 0, copied);
  }

  content(): Buffer {
    if (!this.#bytes) return Buffer.alloc(0);
    if (this.written <= this.#size) return this.#bytes.subarray(0, this.written);
    const start = this.written % this.#size;
    return Buffer.concat([this.#bytes.subarray(start), this.#bytes.subarray(0, start)]);
  }
}
