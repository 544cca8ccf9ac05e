/** One line that shows how far something is: rewritten in a terminal; in a log file or a pipe, a plain line now and then. */
import { createLogUpdate } from 'log-update';

export interface LiveLine {
  show(text: string): void;
  /** What was shown last stays; what is printed next begins below it. */
  end(): void;
}

/** A pipe gets a line this often. */
const PLAIN_MS = 10_000;

export function liveLine(stream: NodeJS.WriteStream = process.stdout): LiveLine {
  return stream.isTTY ? inTerminal(stream) : inPipe(stream);
}

function inTerminal(stream: NodeJS.WriteStream): LiveLine {
  const update = createLogUpdate(stream);
  return { show: (text) => update(text), end: () => update.done() };
}

function inPipe(stream: NodeJS.WriteStream): LiveLine {
  let shown = '';
  let waiting = '';
  let next = Date.now() + PLAIN_MS;
  const write = (text: string): void => {
    if (text !== '' && text !== shown) stream.write(`${text}\n`);
    shown = text;
  };
  return {
    show: (text) => {
      waiting = text;
      if (Date.now() < next) return;
      write(text);
      next = Date.now() + PLAIN_MS;
    },
    end: () => write(waiting),
  };
}
