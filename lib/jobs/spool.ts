/**
 * The checked groups of a job file, kept on disk between checking and sending: what is sent is what was checked, even
 * when somebody edits the job file meanwhile, and a bucket is listed once. The file has no name (it is removed as soon as
 * it is open), so that nothing is left behind however the process ends.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from './group.ts';
import { ID_LENGTH } from './job-id.ts';

const CHUNK_BYTES = 256 * 1024;

export interface SpooledGroup {
  /** Its place in the job file: 0 is the first. */
  readonly index: number;
  readonly job: string;
  readonly group: Group;
}

export class Spool {
  readonly #file: FileHandle;
  #pending: string[] = [];
  #pendingLength = 0;
  count = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'distributed-fiji-jobs-'));
    try {
      return new Spool(await open(join(folder, 'groups'), 'w+'));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Adds a group; await the promise when there is one (the buffer is being written). */
  add(job: string, json: string): Promise<void> | undefined {
    this.#pending.push(`${job}${json}\n`);
    this.#pendingLength += json.length;
    this.count += 1;
    return this.#pendingLength >= CHUNK_BYTES ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingLength = 0;
    if (text !== '') await this.#file.appendFile(text);
  }

  /** The groups in the order of the job file, from the given place on. Several readers may be at work at once. */
  async *groups(from = 0): AsyncGenerator<SpooledGroup, void, void> {
    let index = 0;
    for await (const lines of this.#lines()) {
      for (const line of lines) {
        if (index >= from) {
          yield { index, job: line.slice(0, ID_LENGTH), group: JSON.parse(line.slice(ID_LENGTH)) as Group };
        }
        index += 1;
      }
    }
  }

  /** Eight hex digits that stand for the first `count` groups and their order. */
  async checksum(count: number): Promise<string> {
    const digest = createHash('sha256');
    let index = 0;
    for await (const lines of this.#lines()) {
      digest.update(
        lines
          .slice(0, count - index)
          .map((line) => line.slice(0, ID_LENGTH))
          .join(''),
      );
      index += lines.length;
      if (index >= count) break;
    }
    return digest.digest('hex').slice(0, 8);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async *#lines(): AsyncGenerator<string[], void, void> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const decoder = new TextDecoder();
    let rest = '';
    for (let position = 0; ;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield lines;
    }
  }
}
