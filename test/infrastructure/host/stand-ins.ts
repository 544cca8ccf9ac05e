/**
 * A machine for the host's scripts: every program that would change a real one is a stand-in that writes down what it
 * was asked and then does what the test says, in bash.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs of an Amazon Linux machine that tests must not run, or that this machine lacks. */
const PROGRAMS = [
  'aws',
  'blkid',
  'curl',
  'dnf',
  'docker',
  'findmnt',
  'journalctl',
  'lsblk',
  'mkfs.xfs',
  'mount',
  'mount-s3',
  'mountpoint',
  'sleep',
  'systemctl',
  'unzip',
] as const;
export type Program = (typeof PROGRAMS)[number];

export interface Ran {
  readonly code: number;
  readonly output: string;
}

export class StandInMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'distributed-fiji-host-'));
  private readonly record = this.path('asked');

  constructor(behaviour: Partial<Record<Program, string>>) {
    mkdirSync(this.path('bin'));
    for (const program of PROGRAMS) {
      const lines = [
        '#!/bin/bash',
        // One write a line: two programs of a pipe record at the same moment.
        `printf -v asked ' %q' "$@"; printf '%s\\n' "${program}$asked" >>"$RECORD"`,
        behaviour[program] ?? 'exit 0',
      ];
      writeFileSync(this.path('bin', program), `${lines.join('\n')}\n`);
      chmodSync(this.path('bin', program), 0o755);
    }
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Every call of a stand-in so far, a line each; of one program where it is named. */
  asked(program?: Program): string[] {
    if (!existsSync(this.record)) return [];
    const lines = readFileSync(this.record, 'utf8').trimEnd().split('\n');
    return lines.filter(
      (line) => program === undefined || line === program || line.startsWith(`${program} `),
    );
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  /** @param seconds after which it is ended, for scripts that never end by themselves. */
  async run(script: string, more: Readonly<Record<string, string>> = {}, seconds?: number): Promise<Ran> {
    const child = spawn('bash', [script], {
      cwd: this.folder,
      detached: true, // with what it starts, it is one group to end
      env: {
        PATH: `${this.path('bin')}:${process.env.PATH ?? ''}`,
        RECORD: this.record,
        HERE: this.folder,
        BOOT_LOG: this.path('boot.log'),
        ECS_CONFIG: this.path('etc', 'ecs.config'),
        DOCKER_FOLDER: this.path('docker'),
        DOCKER_DAEMON_JSON: this.path('etc', 'daemon.json'),
        FSTAB: this.path('fstab'),
        UNITS: this.path('units'),
        BUSY_STAMP: this.path('busy'),
        ...more,
      },
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
    const end = () => process.kill(-(child.pid as number), 'SIGKILL');
    const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
    const code = await new Promise<number>((resolve) => {
      child.on('close', (status) => {
        resolve(status ?? -1);
      });
    });
    clearTimeout(timer);
    return { code, output: Buffer.concat(said).toString('utf8') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
