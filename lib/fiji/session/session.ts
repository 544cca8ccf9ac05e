/**
 * One Fiji process and the jobs it serves.
 *
 *   starting -> idle -> running -> idle ...   a script reported; the process goes on
 *                    -> ended                 the process ended, or was ended, whatever it was doing
 *
 * Races: a script's last lines may arrive after its report (the log waits for a marker line on both streams); the
 * process may end between being idle and being given a job (the job then sees an end without a report).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { DistributedFijiError, messageOf } from '../../errors.ts';
import type { FijiInstallation, ParameterValue } from '../fiji.ts';
import { installCommand } from '../find/install.ts';
import { fieldsOf, type Channel, type Connection, type Words } from './channel.ts';
import { fijiCommand } from './command.ts';
import type { SessionFolder } from './folder.ts';
import { lineSplitter } from './lines.ts';
import type { CappedLog } from './log.ts';
import { terminate } from './terminate.ts';

/** How long a stream is waited for on which nothing comes. */
const QUIET_MS = 2000;

/** Fiji itself did not start: a wrong image, too little memory, a broken installation. */
export class FijiStartError extends DistributedFijiError {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { code: 'FIJI_FAILED', fault: 'environment', fix, cause });
  }
}

export interface SessionOptions {
  readonly fiji: FijiInstallation;
  readonly channel: Channel;
  readonly folder: SessionFolder;
  readonly runner: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly heapMiB: number;
  readonly cores?: number;
  readonly display?: string;
  readonly forOneJob: boolean;
  /** Extension of the scripts to come: their language is started with Fiji. */
  readonly warmUp?: string;
  readonly startTimeoutMs: number;
}

/** What the runner reported (its header lists the keys), or that the process ended without a report. */
export type Ended =
  | { readonly kind: 'reported'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'gone'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

export interface SessionJob {
  readonly script: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** More jobs are to follow in this process: what this one leaves is cleared. */
  readonly reused: boolean;
}

export class Session {
  readonly folder: SessionFolder;
  readonly display: string | undefined;
  /** Settles when a script can be run. @throws FijiStartError */
  readonly ready: Promise<void>;
  jobs = 0;
  readonly #options: SessionOptions;
  readonly #token = randomBytes(16).toString('hex');
  readonly #child: ChildProcess;
  readonly #exit: Promise<Extract<Ended, { kind: 'gone' }>>;
  #connection: Connection | undefined;
  #jvm: number | undefined;
  #log: CappedLog | undefined;
  /** What was printed while no job ran: it goes to the next job's log. */
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #printedBytes = 0;
  readonly #markers = new Map<string, () => void>();
  readonly #replies = new Map<string, (words: Words) => void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.display = options.display;
    const command = fijiCommand({ ...options, channel: options.channel.address(this.#token) });
    const hello = options.channel.expect(this.#token);
    // Detached: a process group of its own, so that all of it can be ended.
    this.#child = spawn(command.file, command.args, {
      cwd: options.folder.work,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#exit = new Promise((resolve) => {
      this.#child.on('error', (thrown) => {
        this.#keep(Buffer.from(`${messageOf(thrown)}\n`));
        resolve({ kind: 'gone', code: null, signal: null });
      });
      // Not 'close': a child that the script left behind may hold the pipes open.
      this.#child.on('exit', (code, signal) => resolve({ kind: 'gone', code, signal }));
    });
    for (const name of ['stdout', 'stderr'] as const) {
      const lines = lineSplitter((line) => this.#line(name, line));
      this.#child[name]?.on('data', (chunk: Buffer) => {
        this.#printedBytes += chunk.length;
        lines.write(chunk);
      });
      this.#child[name]?.on('end', () => lines.end());
    }
    this.ready = this.#start(hello);
    // Nobody may be waiting yet when a prepared Fiji fails to start.
    this.ready.catch(() => undefined);
  }

  /** Of the launcher, which leads the process group. */
  get leader(): number {
    return this.#child.pid ?? -1;
  }

  get jvm(): number {
    return this.#jvm ?? this.leader;
  }

  get alive(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get token(): string {
    return this.#token;
  }

  /** Runs one script in this process; the log is complete when this settles. */
  async run(job: SessionJob, log: CappedLog): Promise<Ended> {
    const number = String(++this.jobs);
    this.#log = log;
    for (const early of this.#early.splice(0)) log.write(early);
    this.#earlyBytes = 0;
    const printed = Promise.all(['stdout', 'stderr'].map((stream) => this.#marker(stream, number)));
    const done = this.#reply(`done ${number}`);
    this.#connection?.send([
      'job',
      number,
      String(job.reused),
      job.script,
      this.folder.output,
      ...Object.entries(job.parameters).flatMap(toWords),
    ]);
    const ended = await Promise.race([
      done.then((words): Ended => ({ kind: 'reported', fields: fieldsOf(words.slice(2)) })),
      this.#exit,
    ]);
    // What the script printed may still be on its way; a process that ended has closed its streams by now, or soon.
    if (ended.kind === 'reported') await this.#drained(printed);
    else await sleep(200);
    this.#log = undefined;
    this.#markers.clear();
    return ended;
  }

  /** What is on the screen and where the script stands, if Fiji still answers. */
  async look(): Promise<Readonly<Record<string, string>>> {
    const looked = this.#reply('looked');
    this.#connection?.send(['look']);
    const words = await Promise.race([looked, this.#exit, sleep(10_000, undefined, { ref: false })]);
    return Array.isArray(words) ? fieldsOf(words.slice(1)) : {};
  }

  /** Ends the process with all it started, and removes its folder. */
  async end(graceMs: number): Promise<void> {
    await this.kill(graceMs);
    await this.folder.remove();
  }

  /** Ends the process with all it started; its folder stays. */
  async kill(graceMs: number): Promise<void> {
    this.#options.channel.forget(this.#token);
    if (this.#child.pid !== undefined) await terminate(this.#child.pid, { graceMs, token: this.#token });
    this.#connection?.close();
    await this.#exit;
  }

  /** Both streams came to their markers; or, where a script closed one, nothing more comes. */
  async #drained(printed: Promise<unknown>): Promise<void> {
    const whole = printed.then(() => 'whole' as const);
    for (let before = -1; this.#printedBytes !== before;) {
      before = this.#printedBytes;
      const quiet = new AbortController();
      const pause = sleep(QUIET_MS, undefined, { ref: false, signal: quiet.signal }).catch(() => undefined);
      const ending = await Promise.race([whole, pause]);
      quiet.abort();
      if (ending !== undefined) return;
      // On a machine so busy that time passed without a look at the streams, look once more.
      await turn();
    }
  }

  async #start(hello: ReturnType<Channel['expect']>): Promise<void> {
    const waited = new AbortController();
    const first = await Promise.race([
      hello,
      this.#exit,
      sleep(this.#options.startTimeoutMs, 'late' as const, { signal: waited.signal, ref: false }),
    ]);
    waited.abort();
    if (first === 'late' || 'kind' in first) throw await this.#startFailure(first);
    this.#connection = first.connection;
    this.#jvm = first.pid;
    this.#connection.onMessage = (words) => {
      const name = words[0] === 'done' ? `done ${words[1] ?? ''}` : (words[0] ?? '');
      this.#replies.get(name)?.(words);
      this.#replies.delete(name);
    };
    if (this.#options.warmUp !== undefined) {
      const warmed = this.#reply('warmed');
      this.#connection.send(['warm', this.#options.warmUp]);
      await Promise.race([warmed, this.#exit]);
    }
    await this.folder.remember();
  }

  async #startFailure(how: 'late' | Extract<Ended, { kind: 'gone' }>): Promise<FijiStartError> {
    if (how !== 'late') await sleep(100); // for its last words
    const said = Buffer.concat(this.#early).toString('utf8').trim().slice(-2000);
    const what =
      how === 'late'
        ? `was not ready after ${Math.round(this.#options.startTimeoutMs / 1000)} s`
        : `ended while starting (${how.signal ?? `exit code ${String(how.code)}`})`;
    await this.kill(0);
    return new FijiStartError(
      `Fiji ${what}: ${this.#options.fiji.home}${said === '' ? '' : `. It said:\n${said}`}`,
      startFix(said, this.#options.heapMiB),
    );
  }

  #reply(name: string): Promise<Words> {
    return new Promise((resolve) => this.#replies.set(name, resolve));
  }

  #marker(stream: string, number: string): Promise<void> {
    return new Promise((resolve) => this.#markers.set(`${stream} ${this.#token} ${number}`, resolve));
  }

  #line(stream: string, line: Buffer): void {
    // Lines of Java's about the options given here say nothing to the user.
    if (
      /^(NOTE: )?Picked up (_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)/.test(
        line.toString('latin1', 0, 64),
      )
    )
      return;
    if (line.includes(this.#token)) {
      this.#markers.get(`${stream} ${line.toString('latin1').trim()}`)?.();
      // A script that ended its output without a newline has the marker on its last line.
      const text = line.subarray(0, line.indexOf(this.#token));
      if (text.length > 0)
        this.#markers.get(`${stream} ${line.subarray(text.length).toString('latin1').trim()}`)?.();
      line = text;
    }
    if (line.length > 0) this.#keep(line);
  }

  #keep(line: Buffer): void {
    if (this.#log) return this.#log.write(line);
    if (this.#earlyBytes > 64 * 1024) return;
    this.#early.push(line);
    this.#earlyBytes += line.length;
  }
}

function toWords([name, value]: [string, ParameterValue]): string[] {
  return [name, typeof value, String(value)];
}

function startFix(said: string, heapMiB: number): string {
  if (
    /could not reserve enough space|insufficient memory|Cannot allocate memory|Invalid maximum heap/i.test(
      said,
    )
  ) {
    return `Give it less or more memory: the Java heap was set to ${heapMiB} MiB (MEMORY).`;
  }
  if (/libawt_xawt|libfreetype|libfontmanager|HeadlessException/i.test(said))
    return `This Java has no graphics part, which a virtual screen needs. Install a full one: ${installCommand('java')}.`;
  if (/GLIBC|No such file or directory|ENOENT|EACCES|Exec format/i.test(said))
    return 'Check that this Fiji is for this system and may be executed.';
  return 'Start it by hand with --headless to see what is wrong with it, or set FIJI_HOME to another Fiji.';
}
