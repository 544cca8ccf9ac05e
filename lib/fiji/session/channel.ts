/** The line between a pool and the Groovy runners in its Fijis: loopback TCP, since scripts print to standard output. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One message: words, as the runner's header lists them. */
export type Words = readonly string[];

export interface Connection {
  send(words: Words): void;
  /** Called for each message after `hello`. */
  onMessage: (words: Words) => void;
  close(): void;
}

export interface Hello {
  readonly connection: Connection;
  readonly javaVersion: string;
  /** Of the JVM, where the system tells: the launcher may be another process. */
  readonly pid: number | undefined;
}

/** Listens on a free port of the loopback address; a connection must name a token that was handed out. */
export class Channel {
  readonly #server: Server;
  readonly #expected = new Map<string, (hello: Hello) => void>();
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async open(): Promise<Channel> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Channel(server);
  }

  /** What the runner needs to find this channel and prove that it was invited. */
  address(token: string): string {
    return `${(this.#server.address() as AddressInfo).port}:${token}`;
  }

  /** Resolves when the runner with this token has said hello. */
  expect(token: string): Promise<Hello> {
    return new Promise((resolve) => this.#expected.set(token, resolve));
  }

  forget(token: string): void {
    this.#expected.delete(token);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // A JVM that was killed resets its connection: its exit is what counts, and is seen elsewhere.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const connection: Connection = {
      send: (words) => void socket.write(`${words.map(encodeURIComponent).join(' ')}\n`),
      onMessage: () => undefined,
      close: () => socket.destroy(),
    };
    let greeted = false;
    const lines = createInterface({ input: socket, crlfDelay: Infinity });
    lines.on('error', () => undefined); // they repeat the socket's
    lines.on('line', (line) => {
      const words = wordsOf(line);
      if (words === undefined) return socket.destroy();
      if (greeted) return connection.onMessage(words);
      const [hello, token = '', javaVersion = '', pid = ''] = words;
      const welcome = hello === 'hello' ? this.#expected.get(token) : undefined;
      if (!welcome) return socket.destroy();
      greeted = true;
      this.#expected.delete(token);
      welcome({ connection, javaVersion, pid: pid === '' ? undefined : Number(pid) });
    });
  }
}

/** Undefined for what no runner sends: any program of this machine may have found the port. */
function wordsOf(line: string): string[] | undefined {
  try {
    return line.split(' ').map((word) => decodeURIComponent(word.replaceAll('+', ' ')));
  } catch {
    return undefined;
  }
}

/** `[KEY VALUE]...` at the end of a message. */
export function fieldsOf(words: Words): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < words.length; i += 2) fields[words[i] as string] = words[i + 1] as string;
  return fields;
}
