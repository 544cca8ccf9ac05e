/**
 * The dialogs at which jobs wait, as the workers tell it: each prints its events as lines of JSON into a file, of which
 * only what is new is read. A job that ends, or goes back, waits no more.
 */
import { open, stat } from 'node:fs/promises';

interface WorkerEvent {
  readonly event?: string;
  readonly job?: string;
  readonly windows?: readonly string[];
}

export class WaitingWindows {
  readonly #files: readonly string[];
  readonly #read = new Map<string, number>();
  readonly #waiting = new Map<string, readonly string[]>();

  private constructor(files: readonly string[]) {
    this.#files = files;
  }

  /** @param files what workers print into; what is in them already is of earlier runs */
  static async from(files: readonly string[]): Promise<WaitingWindows> {
    const windows = new WaitingWindows(files);
    for (const file of files) windows.#read.set(file, await sizeOf(file));
    return windows;
  }

  /** The titles, each once. */
  get titles(): string[] {
    return [...new Set([...this.#waiting.values()].flat())];
  }

  async update(): Promise<void> {
    for (const file of this.#files) {
      for (const line of await this.#newLines(file)) this.#take(line);
    }
  }

  #take(line: string): void {
    if (!/"event":"(?:window open|job ended|job given back|lease lost)"/.test(line)) return;
    const { event, job = '', windows = [] } = JSON.parse(line) as WorkerEvent;
    if (event === 'window open') this.#waiting.set(job, windows);
    else this.#waiting.delete(job);
  }

  /** Whole lines alone: the rest of one that is being written comes the next time. */
  async #newLines(file: string): Promise<string[]> {
    const from = this.#read.get(file) ?? 0;
    const bytes = (await sizeOf(file)) - from;
    if (bytes <= 0) return [];
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, from);
      const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
      this.#read.set(file, from + end);
      return buffer.toString('utf8', 0, end).split('\n');
    } finally {
      await handle.close();
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
