/** A Docker engine of this test's own: its socket, images and containers lie in one folder, and go with it. Needs root. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The reason why there can be none here; undefined where there can. */
export function engineIsMissing(): string | undefined {
  if (process.platform !== 'linux') return 'containers need Linux';
  if (process.getuid?.() !== 0) return 'dockerd must be started by root';
  for (const program of ['dockerd', 'docker', 'busybox']) {
    if (spawnSync(program, ['--help']).error !== undefined) return `${program} is not installed`;
  }
  return undefined;
}

export interface Engine {
  /** A folder that goes with it. */
  readonly folder: string;
  /** @returns what the command prints; throws with what it says when it fails */
  docker(...words: string[]): Promise<string>;
  /** What a container has printed so far, on both streams. */
  logs(container: string): Promise<string>;
  /** Its exit code, once it has ended. */
  ended(container: string): Promise<number>;
  /** @param tar of the whole file system, as an image of one layer */
  importImage(name: string, tar: string, changes?: readonly string[]): void;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'distributed-fiji-docker-'));
  const host = `unix://${join(folder, 'docker.sock')}`;
  const log = openSync(join(folder, 'dockerd.log'), 'w');
  const places = ['data-root', 'exec-root', 'pidfile'].map((name) => `--${name}=${join(folder, name)}`);
  // No rule of this machine's firewall is touched: containers share its network, as far as 127.0.0.1.
  const server = spawn(
    'dockerd',
    [`--host=${host}`, ...places, '--iptables=false', '--ip6tables=false', '--bridge=none'],
    { stdio: ['ignore', log, log] },
  );
  const docker = async (...words: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('docker', ['--host', host, ...words]);
    return stdout.trim();
  };

  for (let attempt = 0; ; attempt += 1) {
    const answers = await docker('info').catch(() => undefined);
    if (answers !== undefined) break;
    if (attempt === 150 || server.exitCode !== null)
      throw new Error(`dockerd did not start:\n${readFileSync(join(folder, 'dockerd.log'), 'utf8')}`);
    await sleep(200);
  }
  return {
    folder,
    docker,
    logs: async (container) => {
      const { stdout, stderr } = await promisify(execFile)('docker', ['--host', host, 'logs', container]);
      return stdout + stderr;
    },
    ended: async (container) => Number(await docker('wait', container)),
    importImage: (name, tar, changes = []) => {
      const flags = changes.flatMap((change) => ['--change', change]);
      execFileSync('docker', ['--host', host, 'import', ...flags, tar, name]);
    },
    stop: async () => {
      const running = (await docker('ps', '--quiet')).split('\n').filter(Boolean);
      if (running.length > 0) await docker('kill', ...running);
      server.kill('SIGTERM');
      await once(server, 'exit');
      spawnSync('umount', [join(folder, 'exec-root/netns/default')]); // which it leaves behind
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
