/** The value that a job's script printed, from the end of its log: logs may be megabytes, and there may be thousands. */
import { open } from 'node:fs/promises';
import { printedValue, type PrintedValue } from '../report/printed-value.ts';

const LAST_BYTES = 16 * 1024;

/** @returns undefined when the script printed none, or the log is gone */
export async function valueInLog(path: string): Promise<PrintedValue | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = Math.min(size, LAST_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
    return printedValue(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}
