/** Why a job file could not be read, in the words of whoever wrote it: line, column, and the line itself. */
import { createReadStream } from 'node:fs';
import { messageOf } from '../errors.ts';
import { JobFileError } from './errors.ts';
import type { Problem } from './group.ts';

/** The file is JSON so far, but not what a job file can be. Only within reading; users get a JobFileError. */
export class NotAJobFile extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.what);
    this.problem = problem;
  }
}

/** How far reading had come. */
export interface Progress {
  /** Bytes read. */
  readonly bytes: number;
  /** Where the last token began, in bytes. */
  readonly offset: number;
  /** Nothing but white space so far. */
  readonly blank: boolean;
}

/** What ended the reading of a job file, as the error that a user gets. */
export async function readError(path: string, progress: Progress, cause: unknown): Promise<unknown> {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (syscall !== undefined) return new JobFileError(path, [unreadable(code, messageOf(cause))], cause);
  if (cause instanceof NotAJobFile) return new JobFileError(path, [cause.problem]);
  if (!(cause instanceof Error)) return cause;
  const absolute = /absolute position "(\d+)"/.exec(cause.message)?.[1];
  const unfinished = /ended in the middle|ends too early/.test(cause.message);
  if (progress.blank && unfinished) {
    const what = progress.bytes === 0 ? 'the file is empty' : 'the file holds nothing but white space';
    return new JobFileError(path, [{ what, fix: SHAPE }]);
  }
  const offset = absolute !== undefined ? Number(absolute) : unfinished ? progress.bytes : progress.offset;
  const place = await placeOf(path, offset);
  const found = unfinished ? 'it ends before the last } or ]' : `unexpected ${place.character}`;
  return new JobFileError(
    path,
    [
      {
        what: `the file is not JSON: ${found} at line ${place.line}, column ${place.column}`,
        picture: place.picture,
        fix: unfinished ? (place.curly ?? 'Close every bracket, brace and quote.') : place.advice,
      },
    ],
    cause,
  );
}

export const SHAPE =
  'Write it as {"output_file_location": "...", "shared_metadata": {}, "groups": [{"Well": "A01"}]}.';

function unreadable(code: string | undefined, text: string): Problem {
  if (code === 'ENOENT') return { what: 'there is no such file', fix: 'Check the path of the job file.' };
  if (code === 'EISDIR') return { what: 'it is a folder', fix: 'Name the job file in it.' };
  if (code === 'EACCES') return { what: 'you may not read it', fix: 'Change its permissions (chmod u+r).' };
  return { what: `it cannot be read (${text})`, fix: 'Copy the file to a disk that works and try again.' };
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly character: string;
  /** The end of the line up to the place, and a mark below it. */
  readonly picture: string;
  readonly advice: string;
  /** What to do about quotes that are none in JSON, when there are such just before the place. */
  readonly curly: string | undefined;
}

/** Reads the file again, up to `offset` bytes: counting lines on the way in would cost every good file. */
async function placeOf(path: string, offset: number): Promise<Place> {
  let line = 1;
  let text: Buffer = Buffer.alloc(0);
  let recent: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of createReadStream(path, { end: offset + 80 }) as AsyncIterable<Buffer>) {
    const before = chunk.subarray(0, Math.max(0, offset - position));
    for (let at = before.indexOf(10); at !== -1; at = before.indexOf(10, at + 1)) line += 1;
    if (before.length > 0) recent = Buffer.concat([recent, before]).subarray(-200);
    text = Buffer.concat([text, chunk]);
    position += chunk.length;
    // Enough of a line for its column and picture; a file of one line may be large.
    const lineStart = text.lastIndexOf(10, text.length - Math.max(0, position - offset) - 1) + 1;
    text = text.subarray(lineStart);
  }
  const beforeBytes = text.length - Math.max(0, position - offset);
  const before = text.subarray(0, beforeBytes).toString();
  const rest = text.subarray(beforeBytes).toString().split(/\r?\n/, 1)[0] ?? '';
  const character = [...rest][0];
  const shown = before.slice(-60);
  return {
    line,
    column: [...before].length + 1,
    character: character === undefined ? 'end of line' : `"${character}"`,
    picture: `    ${shown}${rest.slice(0, 20)}\n    ${' '.repeat([...shown].length)}^`,
    advice: adviceFor(character, recent.toString()),
    curly: CURLY.test(recent.toString()) ? STRAIGHT : undefined,
  };
}

/** Word processors and chats write these for straight quotes. */
const CURLY = /[“”„‟‘’«»]/;
const STRAIGHT = 'Use straight quotes (") everywhere: “ and ” are none in JSON.';

/** What is usually wrong there. */
function adviceFor(character: string | undefined, before: string): string {
  if (/\\(u[0-9a-f]{0,3})?$/i.test(before))
    return String.raw`Write / or \\ for each \ of a path, e.g. "D:/images": to JSON, \ and the letter behind it are one sign.`;
  if (character !== undefined && CURLY.test(character)) return STRAIGHT;
  if ((character === ']' || character === '}') && /,\s*$/.test(before)) return 'Remove the comma before it.';
  if (character === "'") return 'JSON wants double quotes: "Well", not \'Well\'.';
  if (character === '/' || character === '#')
    return 'JSON has no comments: use a key that starts with _comment.';
  if (character === '"' || character === '{') return 'Look for a missing comma or colon before it.';
  if (character === 'T' || character === 'F' || character === 'N')
    return 'JSON writes true, false and null in lower case.';
  if (CURLY.test(before)) return STRAIGHT;
  return 'Look for a missing quote, comma or bracket just before it.';
}
