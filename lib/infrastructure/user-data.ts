/**
 * A new machine's first script: the files of host/ and the settings they read, written out and started. Plain text, so
 * that what runs on a machine can be read in its user data; comments stay in the sources (EC2 takes 16 KB).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Token } from 'aws-cdk-lib/core';

const host = fileURLToPath(new URL('host/', import.meta.url));

/** Where everything of ours is on a machine. */
export const HOST_FOLDER = '/opt/distributed-fiji';

/** What the host's scripts are told, as shell variables. */
export interface HostSettings {
  readonly AWS_REGION: string;
  readonly ECS_CLUSTER: string;
  /** JSON, as the agent takes it. */
  readonly ECS_ATTRIBUTES: string;
  readonly STOP_TIMEOUT_SECONDS: number;
  readonly RESERVED_MEMORY_MIB: number;
  readonly TASK_FAMILY: string;
  readonly CONTAINER_DISK_BYTES: number;
  readonly WORKER_ROOT: string;
  readonly WORKER_DIGEST: string;
  /** `s3://` addresses of zip files. */
  readonly WORKER_ASSET: string;
  readonly NODE_ASSET: string;
  /** File name of the C library's loader. */
  readonly LOADER: string;
  /** Empty: no mount. */
  readonly MOUNT_BUCKET: string;
  readonly MOUNT_FOLDER: string;
  readonly MOUNT_MEMORY_MIB: number;
  readonly IMAGE: string;
  readonly IMAGE_LOGIN: 'none' | 'ecr' | 'secret';
  /** Region of an ECR registry. */
  readonly IMAGE_REGION: string;
  readonly MACHINE_IDLE_MINUTES: number;
  readonly MACHINE_LOG_GROUP: string;
}

export function userData(settings: HostSettings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(String(value))}\n`);
  return [
    '#!/bin/bash',
    `mkdir -p ${HOST_FOLDER}/host/steps ${HOST_FOLDER}/host/units`,
    `cd ${HOST_FOLDER}/host`,
    ...Object.entries({ 'settings.sh': lines.join(''), ...hostScripts() }).map(([name, text]) =>
      heredoc(name, text),
    ),
    'bash boot.sh',
    '',
  ].join('\n');
}

/** Text of each of host/'s files, without comments. */
export function hostScripts(): Record<string, string> {
  return Object.fromEntries(
    hostFiles().map((name) => [name, withoutComments(readFileSync(join(host, name), 'utf8'))]),
  );
}

/** Relative to host/, in a fixed order: the same sources give the same launch template. */
export function hostFiles(): string[] {
  return readdirSync(host, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(sh|service|timer)$/.test(name))
    .sort();
}

function heredoc(name: string, text: string): string {
  return `cat >${name} <<'END_OF_FILE'\n${text}END_OF_FILE`;
}

function withoutComments(text: string): string {
  return text
    .replace(/^#(?!!).*\n/gm, '')
    .replace(/^\s+#.*\n/gm, '')
    .replace(/\n{2,}/g, '\n');
}

/** CloudFormation fills tokens in: names and addresses that it made itself, which hold no quote. */
function quoted(value: string): string {
  return Token.isUnresolved(value) ? `'${value}'` : `'${value.replaceAll("'", `'\\''`)}'`;
}
