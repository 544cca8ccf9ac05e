/**
 * The checked groups of a job file, kept on disk between checking and sending: what is sent is what was checked, even
 * when somebody edits the job file meanwhile, and a bucket is listed once. The file has no name (it is removed as soon as
 * it is open), so that nothing is left behind however the process ends. Reads and writes are synchronous: they meet the
 * system's cache, and a trip to the thread pool for each would take several times as long.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from './group.ts';
import { ID_LENGTH } from './job-id.ts';

const CHUNK_BYTES = 32 * 1024;

export interface SpooledGroup {
  /** Its place in the job file: 0 is the first. */
  readonly index: number;
  readonly job: string;
  readonly group: Group;
}

export class Spool {
  readonly #file: number;
  // One buffer, used again and again: a fresh one for each chunk would outgrow the memory that a million groups may take.
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #filled = 0;
  count = 0;

  private constructor(file: number) {
    this.#file = file;
  }

  static create(): Spool {
    const folder = mkdtempSync(join(tmpdir(), 'distributed-fiji-jobs-'));
    try {
      return new Spool(openSync(join(folder, 'groups'), 'w+'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  add(job: string, json: string): void {
    const line = `${job}${json}\n`;
    this.count += 1;
    if (line.length * 3 > this.#buffer.length - this.#filled) this.flush();
    if (line.length * 3 > this.#buffer.length) writeAll(this.#file, Buffer.from(line));
    else this.#filled += this.#buffer.write(line, this.#filled);
  }

  /** Writes what is not on the disk yet; to be called before reading. */
  flush(): void {
    writeAll(this.#file, this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** The groups in the order of the job file, from the given place on. Several readers may be at work at once. */
  *groups(from = 0): Generator<SpooledGroup, void, void> {
    let index = 0;
    for (const line of this.#lines()) {
      if (index >= from) {
        yield { index, job: line.slice(0, ID_LENGTH), group: JSON.parse(line.slice(ID_LENGTH)) as Group };
      }
      index += 1;
    }
  }

  /** Eight hex digits that stand for the first `count` groups and their order. */
  checksum(count: number): string {
    const digest = createHash('sha256');
    let left = count;
    for (const line of this.#lines()) {
      if (left === 0) break;
      digest.update(line.slice(0, ID_LENGTH));
      left -= 1;
    }
    return digest.digest('hex').slice(0, 8);
  }

  close(): void {
    closeSync(this.#file);
  }

  *#lines(): Generator<string, void, void> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const decoder = new TextDecoder();
    let text = '';
    for (let position = 0; ;) {
      const bytesRead = readSync(this.#file, buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      text += decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
      let start = 0;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        yield text.slice(start, end);
        start = end + 1;
      }
      text = text.slice(start);
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
