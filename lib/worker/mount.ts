/**
 * Is the bucket really mounted? A mount that failed at boot is an empty folder, one that died answers ENOTCONN: in both
 * cases every input would look missing, and jobs would fail that have nothing wrong with them.
 */
import { readFile, stat } from 'node:fs/promises';
import { DistributedFijiError } from '../errors.ts';

/** The job goes back as interrupted and the worker leaves: another machine's mount works. */
export class MountGoneError extends DistributedFijiError {
  constructor(path: string, why: string) {
    super(`The bucket is not mounted at ${path}: ${why}`, {
      code: 'INPUT_INVALID',
      fault: 'environment',
      fix: 'The job went back to the queue. If every machine says this, set DOWNLOAD_FILES: true, and look at the machine’s system log for mount-s3.',
    });
  }
}

const MOUNTS = '/proc/self/mountinfo';

/** @throws MountGoneError unless a file system is mounted at exactly `path` and answers. */
export async function checkMount(path: string): Promise<void> {
  const mounts = await readFile(MOUNTS, 'utf8').catch(() => undefined);

  if (mounts === undefined) throw new MountGoneError(path, `${MOUNTS} cannot be read: mounts need Linux`);
  if (!mountPoints(mounts).includes(path)) throw new MountGoneError(path, 'nothing is mounted there');
  await stat(path).catch((error: unknown) => {
    throw asMountGone(error, path) ?? error;
  });
}

/** The error to throw instead when `error` is what a dead mount answers. */
export function asMountGone(error: unknown, path: string): MountGoneError | undefined {
  const code = (error as NodeJS.ErrnoException).code;
  return code !== undefined && DEAD.includes(code)
    ? new MountGoneError(path, `it answers ${code}`)
    : undefined;
}

// EIO is not among them: Mountpoint answers it for one object that S3 refuses, which is that job's own trouble.
const DEAD = ['ENOTCONN', 'ESTALE', 'ENODEV', 'ECONNABORTED'];

/** Fifth field of each line; blanks, tabs, newlines and backslashes are written as octal (proc_pid_mountinfo(5)). */
function mountPoints(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    );
}
