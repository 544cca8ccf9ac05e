/** Who this worker is, for records and logs. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { messageOf } from '../errors.ts';
import type { JobRecord } from '../records/record.ts';
import { machineFacts } from './settings.ts';

export type WorkerIdentity = JobRecord['worker'];

export interface Identified {
  readonly identity: WorkerIdentity;
  /** Why the machine's facts could not be read: worth a line in the log, never worth a job. */
  readonly problem?: string;
}

/** @param factsPath the JSON file that the machine wrote at boot (schema: machineFacts in settings.ts). */
export async function identify(factsPath: string | undefined): Promise<Identified> {
  const host = hostname();
  const id = `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;

  if (factsPath === undefined) return { identity: { id, host } };
  try {
    const facts = machineFacts.parse(JSON.parse(await readFile(factsPath, 'utf8')));
    return { identity: { id, host, ...facts } };
  } catch (error) {
    return { identity: { id, host }, problem: `MACHINE_FACTS ${factsPath}: ${messageOf(error)}` };
  }
}
