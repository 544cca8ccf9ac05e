/**
 * The processes that belong to one Fiji: its process group, their descendants, and (Linux) whatever still carries its
 * token in its environment, even after leaving the group and losing its parent.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly dead: boolean;
}

/** Ids of all living processes of the group that `leader` leads, of their descendants, and of those that carry `token`. */
export async function processesOf(leader: number, token?: string): Promise<number[]> {
  const listed = (await list()).filter((process) => !process.dead);
  const found = new Set(
    listed
      .filter((process) => process.group === leader || process.pid === leader)
      .map((process) => process.pid),
  );
  if (token !== undefined)
    for (const process of listed) if (await carries(process.pid, token)) found.add(process.pid);
  for (let grew = true; grew;) {
    grew = false;
    for (const process of listed) {
      if (!found.has(process.pid) && found.has(process.parent)) {
        found.add(process.pid);
        grew = true;
      }
    }
  }
  return [...found];
}

async function list(): Promise<Listed[]> {
  if (process.platform === 'linux') {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const listed = await Promise.all(pids.map(readStat));
    return listed.filter((one) => one !== undefined);
  }
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,pgid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, group, state]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      dead: state?.startsWith('Z') === true,
    }));
}

async function readStat(pid: string): Promise<Listed | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name, in brackets, may hold spaces and brackets itself.
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    dead: state === 'Z' || state === 'X',
  };
}

async function carries(pid: number, token: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.includes(token);
}
