/** A machine that boots here: the user data of a real template, against stand-ins for what it would change. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ConfigInput } from '../../../lib/config/index.ts';
import type { Artifacts } from '../../../lib/infrastructure/artifacts.ts';
import { HOST_FOLDER } from '../../../lib/infrastructure/user-data.ts';
import { templateOf, userDataOf } from '../synth.ts';
import { type Program, type Ran, StandInMachine } from './stand-ins.ts';

const NODE = process.execPath;

/** An NVMe machine with a disk of its own between the two EBS volumes, as the kernel numbers them at times. */
const healthy: Partial<Record<Program, string>> = {
  lsblk: `
    if [[ $* == *PKNAME* ]]; then echo nvme0n1; exit; fi
    echo 'NAME="nvme0n1" TYPE="disk" MODEL="Amazon Elastic Block Store"'
    echo 'NAME="nvme1n1" TYPE="disk" MODEL="Amazon EC2 NVMe Instance Storage"'
    echo 'NAME="nvme2n1" TYPE="disk" MODEL="Amazon Elastic Block Store"'`,
  findmnt: 'echo /dev/nvme0n1p1',
  blkid: '[[ $* == *UUID* ]] && echo 1234-abcd; exit 0',
  docker: '[[ $1 == info ]] && echo overlay2; exit 0',
  // The bundle and Node arrive as zip files; what would be in them is laid down.
  aws: '[[ $1 == s3 ]] && echo "${@: -2:1}" >"${@: -1}"; exit 0',
  unzip: `if grep -q node "$3"; then cp ${NODE} "$5/node"; else echo worker >"$5/worker.mjs"; fi`,
  curl: `
    case $* in
      *api/token*) echo token ;;
      *instance-type*) echo m6i.large ;;
      *availability-zone*) echo us-east-1b ;;
      *instance-id*) echo i-0123456789abcdef0 ;;
      *) exit 22 ;;
    esac`,
  'mount-s3': '[[ $1 == --help ]] && echo "      --memory-target <MiB>"; exit 0',
  // Docker's folder is mounted once 'mount' was asked for it; the bucket once its unit was started.
  mountpoint:
    'case $2 in */docker) grep -q "^mount " "$RECORD" ;; *) grep -q "enable --now distributed-fiji-mount" "$RECORD" ;; esac',
};

const machines: StandInMachine[] = [];

/** Of those made so far nothing stays. */
export function removeMachines(): void {
  for (const machine of machines.splice(0)) machine.remove();
}

export function machineWith(
  given: ConfigInput = {},
  behaviour: Partial<Record<Program, string>> = {},
  artifacts?: Artifacts,
): StandInMachine {
  const machine = new StandInMachine({ ...healthy, ...behaviour });
  machines.push(machine);
  mkdirSync(machine.path('units'));
  const script = deployedUserData(given, artifacts).replaceAll(HOST_FOLDER, machine.path('opt'));
  writeFileSync(machine.path('user-data'), script);
  return machine;
}

/** The script with what CloudFormation fills in. */
export function deployedUserData(given: ConfigInput = {}, artifacts?: Artifacts): string {
  // The two assets of a template differ by hash alone: their names say here which is which.
  return userDataOf(templateOf(given, artifacts))
    .replace("WORKER_ASSET='${}'", "WORKER_ASSET='s3://assets/worker.zip'")
    .replace("NODE_ASSET='${}'", "NODE_ASSET='s3://assets/node.zip'")
    .replace("ECS_CLUSTER='${}'", "ECS_CLUSTER='Plates'")
    .replace("MACHINE_LOG_GROUP='${}'", "MACHINE_LOG_GROUP='Plates_perInstance'");
}

export const boot = (machine: StandInMachine): Promise<Ran> => machine.run(machine.path('user-data'));
