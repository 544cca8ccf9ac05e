/** A machine that boots as it should. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { templateOf, userDataOf } from '../synth.ts';
import { boot, machineWith, removeMachines } from './machine.ts';

afterEach(removeMachines);

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

test('user data leaves room below the 16 KB that EC2 takes', () => {
  const longest = userDataOf(
    templateOf({ APP_NAME: 'A'.repeat(50), DOCKERHUB_TAG: `${'a'.repeat(100)}/b:c` }),
  );
  expect(Buffer.byteLength(longest)).toBeLessThan(15_000);
});
