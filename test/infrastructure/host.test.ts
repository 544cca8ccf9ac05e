/** What runs on a machine, run here: the user data of a real template, against stand-ins for what it would change. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../lib/config/index.ts';
import { HOST_FOLDER, hostFiles } from '../../lib/infrastructure/user-data.ts';
import { type Program, StandInMachine } from './stand-ins.ts';
import { templateOf, userDataOf } from './synth.ts';

const NODE = process.execPath;
const HOST = fileURLToPath(new URL('../../lib/infrastructure/host/', import.meta.url));

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

afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove();
});

function machineWith(
  given: ConfigInput = {},
  behaviour: Partial<Record<Program, string>> = {},
): StandInMachine {
  const machine = new StandInMachine({ ...healthy, ...behaviour });
  machines.push(machine);
  mkdirSync(machine.path('units'));
  // The two assets of a template differ by hash alone: their names say here which is which.
  const script = userDataOf(templateOf(given))
    .replace("WORKER_ASSET='${}'", "WORKER_ASSET='s3://assets/worker.zip'")
    .replace("NODE_ASSET='${}'", "NODE_ASSET='s3://assets/node.zip'")
    .replace("ECS_CLUSTER='${}'", "ECS_CLUSTER='Plates'")
    .replace("MACHINE_LOG_GROUP='${}'", "MACHINE_LOG_GROUP='Plates_perInstance'")
    .replaceAll(HOST_FOLDER, machine.path('opt'));
  writeFileSync(machine.path('user-data'), script);
  return machine;
}

const boot = (machine: StandInMachine) => machine.run(machine.path('user-data'));

describe('given a healthy machine, when it boots', () => {
  test('then it is made ready step by step, and the agent starts last, not awaited', async () => {
    const machine = machineWith();
    const { code, output } = await boot(machine);

    expect(machine.read('boot.log')).toContain('distributed-fiji: ready');
    expect({ code, output }).toEqual({ code: 0, output: 'distributed-fiji: ready\n' });
    expect(machine.asked('dnf')).toEqual(['dnf install -y -q awscli-2 unzip xfsprogs mount-s3']);
    expect(machine.asked().at(-1)).toBe('systemctl start --no-block ecs');
  });

  test('then the agent is told cluster, attributes and limits', async () => {
    const machine = machineWith();
    await boot(machine);

    const lines = machine.read('etc', 'ecs.config').trimEnd().split('\n');
    expect(lines[0]).toBe('ECS_CLUSTER=Plates');
    expect(lines[1]).toMatch(
      /^ECS_INSTANCE_ATTRIBUTES=\{"distributed-fiji\.app":"Plates","distributed-fiji\.worker":"w[0-9a-f]{16}"\}$/,
    );
    expect(lines.slice(2)).toEqual([
      'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
      'ECS_CONTAINER_STOP_TIMEOUT=100s',
      'ECS_RESERVED_MEMORY=256',
      'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached',
      'ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true',
      'ECS_DISABLE_PRIVILEGED=true',
      'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=2m',
    ]);
  });

  test('then lines of the GPU image stay, and a second boot adds none', async () => {
    const machine = machineWith();
    mkdirSync(machine.path('etc'));
    writeFileSync(machine.path('etc', 'ecs.config'), 'ECS_ENABLE_GPU_SUPPORT=true\n');
    await boot(machine);
    const once = machine.read('etc', 'ecs.config');
    await boot(machine);

    expect(once.startsWith('ECS_ENABLE_GPU_SUPPORT=true\nECS_CLUSTER=Plates\n')).toBe(true);
    expect(machine.read('etc', 'ecs.config')).toBe(once);
  });

  test('then Docker lies on the EBS volume that is not the system, with quotas and a limit for each container', async () => {
    const machine = machineWith({
      EBS_VOL_SIZE: 165,
      TASKS_PER_MACHINE: 16,
      MEMORY: 512,
      MACHINE_TYPE: ['m5.4xlarge'],
    });
    mkdirSync(machine.path('etc'));
    writeFileSync(machine.path('etc', 'daemon.json'), '{"runtimes":{"nvidia":{}}}');
    await boot(machine);

    expect(machine.asked('mkfs.xfs')).toEqual(['mkfs.xfs -q -f /dev/nvme2n1']);
    expect(machine.asked('mount')).toEqual([`mount -o pquota /dev/nvme2n1 ${machine.path('docker')}`]);
    expect(machine.read('fstab')).toBe(`UUID=1234-abcd ${machine.path('docker')} xfs pquota,nofail 0 2\n`);
    expect(JSON.parse(machine.read('etc', 'daemon.json'))).toEqual({
      runtimes: { nvidia: {} },
      'storage-driver': 'overlay2',
      'storage-opts': ['overlay2.size=8312500000'],
    });
    const order = machine
      .asked()
      .filter((line) => /^(systemctl (stop|start) (ecs|containerd)|mount )/.test(line));
    expect(order.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'systemctl stop',
      'mount -o',
      'systemctl start',
    ]);
  });

  test('then the worker lies in a folder named after its digest, with a Node that starts through its own C library', async () => {
    const machine = machineWith();
    await boot(machine);

    const digest = /WORKER_DIGEST='(w\w+)'/.exec(machine.read('user-data'))?.[1] ?? '';
    const folder = ['opt', 'workers', digest];
    expect(machine.read(...folder, 'worker.mjs')).toBe('worker\n');
    expect(JSON.parse(machine.read(...folder, 'machine.json'))).toEqual({
      machine_type: 'm6i.large',
      zone: 'us-east-1b',
      instance: 'i-0123456789abcdef0',
    });
    const library = machine.path(...folder, 'lib');
    const started = spawnSync(
      `${library}/ld-linux-x86-64.so.2`,
      ['--library-path', library, machine.path(...folder, 'node'), '--version'],
      { encoding: 'utf8' },
    );
    expect(started.stdout).toMatch(/^v24\./);
  });

  test('then the bucket is mounted read-only, within its share of memory, before the agent starts', async () => {
    const machine = machineWith();
    await boot(machine);

    expect(machine.read('units', 'distributed-fiji-mount.service')).toContain(
      `ExecStart=/usr/bin/mount-s3 --read-only --allow-other --memory-target 512 images-of-our-lab ${machine.path('opt/bucket')}\n`,
    );
  });

  test('then an older Mountpoint is not asked for a memory target', async () => {
    const machine = machineWith({}, { 'mount-s3': 'exit 0' });
    await boot(machine);

    expect(machine.read('units', 'distributed-fiji-mount.service')).not.toContain('memory-target');
  });

  test('given DOWNLOAD_FILES, then nothing is mounted', async () => {
    const machine = machineWith({ DOWNLOAD_FILES: true });
    await boot(machine);

    expect(machine.asked('dnf')).toEqual(['dnf install -y -q awscli-2 unzip xfsprogs']);
    expect(existsSync(machine.path('units', 'distributed-fiji-mount.service'))).toBe(false);
  });

  test('then the image is pulled, from ECR after a login in its region', async () => {
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/lab/fiji:2';
    const machine = machineWith({ DOCKERHUB_TAG: image });
    await boot(machine);

    expect(machine.asked('aws')).toContain('aws ecr get-login-password --region eu-west-1');
    expect(machine.asked('docker').slice(1)).toEqual([
      'docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      `docker pull -q ${image}`,
    ]);
  });

  test('then the Spot watcher and the idle watchdog are installed and started', async () => {
    const machine = machineWith();
    await boot(machine);

    expect(machine.asked('systemctl')).toContain(
      'systemctl enable --now distributed-fiji-spot-notice.service distributed-fiji-idle.timer',
    );
    expect(existsSync(machine.path('units', 'distributed-fiji-spot-notice.service'))).toBe(true);
  });
});

describe('given trouble, when a machine boots', () => {
  test('then dnf that meets another dnf is tried again', async () => {
    const machine = machineWith({}, { dnf: '(( $(grep -c "^dnf" "$RECORD") > 2 ))' });
    const { code } = await boot(machine);

    expect(code).toBe(0);
    expect(machine.asked('dnf')).toHaveLength(3);
  });

  test('then an image that cannot be pulled does not stop it: the agent says why', async () => {
    const machine = machineWith({}, { docker: '[[ $1 == info ]] && echo overlay2 && exit 0; exit 1' });
    const { code } = await boot(machine);

    expect(code).toBe(0);
    expect(machine.asked('docker').filter((line) => line.includes('pull'))).toHaveLength(3);
  });

  const fatal: [string, Partial<Record<Program, string>>, RegExp][] = [
    ['packages cannot be had', { dnf: 'echo no network; exit 1' }, /20-packages\.sh/],
    [
      'there is no data volume',
      {
        lsblk: `[[ $* == *PKNAME* ]] && echo nvme0n1 && exit; echo 'NAME="nvme0n1" TYPE="disk" MODEL="Amazon Elastic Block Store"'`,
      },
      /expected one data volume, found 0/,
    ],
    [
      'Docker drops the disk limit',
      { docker: '[[ $1 == info ]] && echo overlayfs; exit 0' },
      /storage driver 'overlayfs', which cannot limit/,
    ],
    ['the worker cannot be fetched', { aws: 'echo 403 >&2; exit 1' }, /40-worker\.sh/],
    [
      'the bucket cannot be mounted',
      { mountpoint: '[[ $2 == */docker ]] && grep -q "^mount " "$RECORD"' },
      /bucket images-of-our-lab could not be mounted: does it exist/,
    ],
  ];

  test.each(fatal)('%s: then it never joins the cluster, and says why', async (_, behaviour, words) => {
    const machine = machineWith({}, behaviour);
    const { code, output } = await boot(machine);

    expect(code).toBe(1);
    expect(output).toMatch(words);
    expect(machine.asked('systemctl')).toContain('systemctl mask ecs');
    expect(machine.asked('systemctl')).not.toContain('systemctl start --no-block ecs');
    // The monitor names the machine; the reason is where its id leads.
    expect(machine.asked('aws')).toContain(
      'aws logs --region us-east-1 create-log-stream --log-group-name Plates_perInstance --log-stream-name i-0123456789abcdef0',
    );
    expect(
      machine
        .asked('aws')
        .some((line) => line.includes('put-log-events') && line.includes('takes\\ no\\ jobs')),
    ).toBe(true);
  });
});

describe('given a Spot machine', () => {
  const polling = { sleep: '[[ $(grep -c "^sleep" "$RECORD") -lt 6 ]] || exit 1' };
  const watch = async (machine: StandInMachine) => {
    await boot(machine);
    return machine.run(machine.path('opt', 'host', 'spot-notice.sh'), {}, 20);
  };

  test('when there is no notice, then no worker hears of it', async () => {
    const machine = machineWith({}, polling);
    await watch(machine);

    expect(machine.asked('docker').filter((line) => line.includes('kill'))).toEqual([]);
  });

  test('when the notice comes, then each worker hears TERM once, one that starts later too', async () => {
    const machine = machineWith(
      {},
      {
        ...polling,
        curl: `case $* in *api/token*) echo token ;; *spot/instance-action*) echo '{"action":"terminate"}' ;; *) echo x ;; esac`,
        docker: `
          [[ $1 == info ]] && echo overlay2
          if [[ $1 == ps ]]; then echo aaa; (( $(grep -c "^docker ps" "$RECORD") > 2 )) && echo bbb; fi
          exit 0`,
      },
    );
    await watch(machine);

    expect(machine.asked('docker').filter((line) => line.includes('kill'))).toEqual([
      'docker kill --signal TERM aaa',
      'docker kill --signal TERM bbb',
    ]);
    expect(machine.asked('docker')).toContain(
      'docker ps -q --filter label=com.amazonaws.ecs.task-definition-family=PlatesTask',
    );
  });
});

describe('given the idle watchdog, after MACHINE_IDLE_MINUTES 15', () => {
  const look = async (idleMinutes: number, docker: string) => {
    const machine = machineWith({}, { docker: `[[ $1 == info ]] && echo overlay2 && exit\n${docker}` });
    await boot(machine);
    writeFileSync(machine.path('busy'), '');
    const then = Date.now() / 1000 - idleMinutes * 60;
    utimesSync(machine.path('busy'), then, then);
    await machine.run(machine.path('opt', 'host', 'idle.sh'));
    return machine.asked('aws').filter((line) => line.includes('autoscaling'));
  };

  test('with a worker it stays, however long ago the last look was', async () => {
    expect(await look(60, 'echo aaa')).toEqual([]);
  });

  test('with none for less it stays', async () => {
    expect(await look(14, 'exit 0')).toEqual([]);
  });

  const ends = [
    'aws autoscaling terminate-instance-in-auto-scaling-group --region us-east-1 --instance-id i-0123456789abcdef0 --should-decrement-desired-capacity',
  ];
  test('with none for longer it ends itself together with its share of desired', async () => {
    expect(await look(16, 'exit 0')).toEqual(ends);
  });

  test('with a Docker that does not answer it has no worker', async () => {
    expect(await look(16, 'exit 1')).toEqual(ends);
  });
});

test('user data leaves room below the 16 KB that EC2 takes', () => {
  const longest = userDataOf(
    templateOf({ APP_NAME: 'A'.repeat(50), DOCKERHUB_TAG: `${'a'.repeat(100)}/b:c` }),
  );
  expect(Buffer.byteLength(longest)).toBeLessThan(15_000);
});

const shellcheckIsMissing = spawnSync('shellcheck', ['--version']).error !== undefined;
(shellcheckIsMissing ? test.skip : test)('the scripts are clean for shellcheck', () => {
  const scripts = hostFiles().filter((name) => name.endsWith('.sh'));
  const { stdout, status } = spawnSync('shellcheck', ['--shell', 'bash', ...scripts], {
    cwd: HOST,
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
