/** From what a Fiji process told, or left unsaid, to how the script's run ended. The most specific cause first. */
import { basename } from 'node:path';
import { advice } from './advice/advice.ts';
import type { ScriptOutcome } from './outcome.ts';
import { DISK_FULL } from './session/log.ts';
import type { Ended } from './session/session.ts';

export interface Circumstances {
  readonly script: string;
  readonly heapMiB: number;
  readonly headless: boolean;
  /** The last of what was printed. */
  readonly printed: string;
  /** A full disk was met, even if the script went on: ImageJ only prints it, and leaves half a file. */
  readonly diskFull: string | undefined;
  /** The kernel ended a process of this container for want of memory while the job ran. */
  readonly killedForMemory: boolean;
}

export function classify(ended: Ended, around: Circumstances): ScriptOutcome {
  const script = basename(around.script);
  if (ended.kind === 'gone') return classifyExit(ended, script, around);

  const { fields } = ended;
  const told = fields['messages'] ?? '';
  if (fields['kind'] === 'refused')
    return { kind: 'script error', reason: `${script}: ${fields['problems'] ?? 'refused'}` };
  const disk = around.diskFull ?? DISK_FULL.exec(told)?.[0];
  if (disk !== undefined)
    return {
      kind: 'disk full',
      reason: `${disk} while ${script} ran${place(fields['line'])}. Give each container more disk (EBS_VOL_SIZE), or write less.`,
    };
  if (fields['kind'] === 'success') return { kind: 'success' };
  if (/OutOfMemoryError/.test(`${fields['chain'] ?? ''} ${told}`)) {
    return {
      kind: 'out of memory',
      reason: `Java heap of ${around.heapMiB} MiB was not enough for ${script}${place(fields['line'])}: ${oneLine(fields['message'] ?? '')}. Raise MEMORY.`,
    };
  }
  const words = [shortName(fields['type'] ?? ''), oneLine(fields['message'] ?? '')]
    .filter(Boolean)
    .join(': ');
  const reason = `${words || 'error'} (${script}${fields['line'] === undefined ? '' : ` line ${fields['line']}`})`;
  return {
    kind: 'script error',
    reason: [
      reason,
      advice({
        error: `${fields['chain'] ?? ''}\n${told}\n${fields['message'] ?? ''}: ${fields['source'] ?? ''}`,
        calls: fields['calls'] ?? '',
        source: fields['source'] ?? '',
        printed: around.printed,
        headless: around.headless,
      }),
    ]
      .filter(Boolean)
      .join('. '),
  };
}

/** Why a script that was stopped at its time limit had not ended: an open window, or the line where it stood. */
export function timeoutReason(
  script: string,
  timeoutMs: number,
  look: Readonly<Record<string, string>>,
): string {
  const name = basename(script);
  const minutes = Math.round((timeoutMs / 60_000) * 100) / 100;
  const windows = (look['windows'] ?? '').split('\n').filter(Boolean);
  const where = look['line'] === undefined ? '' : `, at ${name} line ${look['line']}`;
  // Of a compressed file that is cut off, ImageJ waits without end for the rest.
  const reading = /ij\.io\.ImageReader\./.test(look['stack'] ?? '')
    ? ', where ImageJ was reading an image: its file may be cut off'
    : '';
  const waiting =
    windows.length > 0
      ? `. A window was open and nobody there to answer it: ${windows.map((title) => `"${title}"`).join(', ')}`
      : '';
  return `${name} was still running after ${minutes} min (JOB_TIMEOUT_MINUTES)${where}${reading}${waiting}`;
}

function classifyExit(
  ended: Extract<Ended, { kind: 'gone' }>,
  script: string,
  around: Circumstances,
): ScriptOutcome {
  if (around.diskFull !== undefined)
    return {
      kind: 'disk full',
      reason: `${around.diskFull} while ${script} ran, and Fiji ended. Give each container more disk (EBS_VOL_SIZE), or write less.`,
    };
  if (/OutOfMemoryError|insufficient memory for the Java Runtime/.test(around.printed)) {
    return {
      kind: 'out of memory',
      reason: `Fiji ended for want of memory while ${script} ran (Java heap ${around.heapMiB} MiB). Raise MEMORY.`,
    };
  }
  const killed = ended.signal === 'SIGKILL' || ended.code === 137;
  if (killed || around.killedForMemory) {
    return {
      kind: 'out of memory',
      reason: `Fiji was killed while ${script} ran: ${around.killedForMemory ? "the container's memory was used up" : "most likely the machine's or container's memory was used up"}. Raise MEMORY: beside the Java heap (${around.heapMiB} MiB), native libraries need their own.`,
    };
  }
  if (ended.signal !== null || (ended.code !== null && ended.code > 128)) {
    return {
      kind: 'script error',
      reason: `Fiji crashed (${ended.signal ?? `exit code ${String(ended.code)}`}) while ${script} ran: often a native library of a plugin. The log has its last words.`,
    };
  }
  return {
    kind: 'script error',
    reason: `${script} ended Fiji itself, with exit code ${String(ended.code)}, before it was done (System.exit, IJ "Quit"). Take that call out: Fiji is ended for you.`,
  };
}

function place(line: string | undefined): string {
  return line === undefined ? '' : ` at line ${line}`;
}

/** `java.io.FileNotFoundException` is FileNotFoundException to a reader. */
function shortName(type: string): string {
  return /^[\w$]+(\.[\w$]+)+$/.test(type) ? type.slice(type.lastIndexOf('.') + 1) : type;
}

function oneLine(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 500)}...` : line;
}
