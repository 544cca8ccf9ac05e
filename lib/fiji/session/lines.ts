/** Cuts a stream of bytes into lines, without ever holding a line without end. */

const LONGEST = 64 * 1024;

/** Calls `onLine` with each line and its newline; a line longer than 64 KiB comes in pieces. */
export function lineSplitter(onLine: (line: Buffer) => void): { write(chunk: Buffer): void; end(): void } {
  let rest: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
        onLine(bytes.subarray(0, end + 1));
        bytes = bytes.subarray(end + 1);
      }
      if (bytes.length > LONGEST) {
        onLine(bytes);
        bytes = Buffer.alloc(0);
      }
      rest = bytes;
    },
    end() {
      if (rest.length > 0) onLine(rest);
      rest = Buffer.alloc(0);
    },
  };
}
