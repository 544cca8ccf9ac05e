/**
 * Reads a job file as a stream: a million groups pass through without ever being held together.
 * The parts beside `groups` are small and are collected on the way, wherever they stand in the file.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { TokenParser, Tokenizer, TokenType, type ParsedTokenInfo as Token } from '@streamparser/json';
import { isComment } from './group.ts';
import { NotAJobFile, readError } from './read-error.ts';

const CHUNK_BYTES = 64 * 1024;

/** How `groups` was written: a list, an object that describes them, or something that is neither. */
export type WrittenGroups =
  | { readonly kind: 'list' }
  | { readonly kind: 'description'; readonly description: Record<string, unknown> }
  | { readonly kind: 'other'; readonly value: unknown };

/** What stands in a job file beside a list of groups; complete when the list has been read to its end. */
export interface JobFileParts {
  /** Everything at the top but `groups`, comments left out. */
  readonly header: Record<string, unknown>;
  /** Undefined when there is none. */
  groups?: WrittenGroups;
}

/**
 * @param parts Filled while the file is read.
 * @param take Gets each element of `groups`, as written, when it is a list.
 * @throws JobFileError when the file cannot be read, is empty, or is not JSON (with line and column).
 */
export async function readJobJson(
  path: string,
  parts: JobFileParts,
  take: (group: unknown) => void,
): Promise<void> {
  const reader = new Reader(parts, take);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // One buffer, used again and again, keeps memory flat; the parser copies what it keeps. Synchronous, as the bytes are
    // nearly always in the system's cache: a trip to the thread pool for each chunk would take several times as long.
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
      reader.write(buffer.subarray(0, bytes));
    }
    reader.end();
  } catch (cause) {
    throw await readError(path, reader, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * The outer object is followed token by token; each of its values has a parser of its own, so that `groups` lets go of
 * every element it has given out.
 */
class Reader {
  /** Bytes before the token that was read last. */
  offset = 0;
  bytes = 0;
  blank = true;
  readonly #parts: JobFileParts;
  readonly #takeGroup: (group: unknown) => void;
  readonly #tokens = new Tokenizer();
  readonly #outer = new TokenParser({ paths: [] });
  #value: TokenParser | undefined;
  #groupsValue: TokenParser | undefined;
  #key = '';

  constructor(parts: JobFileParts, takeGroup: (group: unknown) => void) {
    this.#parts = parts;
    this.#takeGroup = takeGroup;
    this.#tokens.onToken = (token) => {
      this.#take(token);
    };
  }

  write(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#tokens.write(chunk);
  }

  end(): void {
    if (!this.#tokens.isEnded) this.#tokens.end();
    if (!this.#outer.isEnded) {
      this.offset = this.bytes;
      throw new SyntaxError('the file ends too early');
    }
  }

  #take(token: Token): void {
    this.offset = token.offset;
    if (this.#value === undefined) {
      this.#takeOuter(token);
      return;
    }
    if (this.#value === this.#groupsValue) this.#parts.groups ??= kindOf(token);
    this.#value.write(token);
    if (this.#value.isEnded) this.#endValue();
  }

  #takeOuter(token: Token): void {
    if (this.blank && token.token !== TokenType.LEFT_BRACE) {
      throw new NotAJobFile({
        what: 'the file is not one object in braces',
        fix: 'Write it as {"output_file_location": "...", "shared_metadata": {}, "groups": [...]}.',
      });
    }
    this.blank = false;
    this.#outer.write(token);
    if (token.token === TokenType.STRING) this.#key = token.value as string;
    if (token.token === TokenType.COLON)
      this.#value = this.#key === 'groups' ? this.#groups() : this.#entry(this.#key);
  }

  /** For the outer object a value is one token, whatever was in it. */
  #endValue(): void {
    this.#value = undefined;
    this.#outer.write({ token: TokenType.NULL, value: null });
  }

  #entry(key: string): TokenParser {
    const parser = new TokenParser({ paths: ['$'] });
    parser.onValue = ({ value }) => {
      if (!isComment(key)) this.#parts.header[key] = value;
    };
    return parser;
  }

  #groups(): TokenParser {
    if (this.#groupsValue !== undefined) {
      throw new NotAJobFile({ what: 'the file has "groups" twice', fix: 'Put all groups into one list.' });
    }
    const parser = new TokenParser({ paths: ['$.*'], keepStack: false });
    parser.onValue = ({ value, key }) => {
      const { groups } = this.#parts;
      if (groups?.kind === 'list') this.#takeGroup(value);
      else if (groups?.kind === 'description') groups.description[key as string] = value;
    };
    this.#groupsValue = parser;
    return parser;
  }
}

function kindOf({ token, value }: Token): WrittenGroups {
  if (token === TokenType.LEFT_BRACKET) return { kind: 'list' };
  return token === TokenType.LEFT_BRACE ? { kind: 'description', description: {} } : { kind: 'other', value };
}
