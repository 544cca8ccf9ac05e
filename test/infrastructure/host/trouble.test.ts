/** What goes wrong while a machine boots, and what it then says. */
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { boot, machineWith, removeMachines } from './machine.ts';
import type { Program } from './stand-ins.ts';

afterEach(removeMachines);

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
    // It ends itself also where no monitor does.
    expect(machine.asked('systemctl').join()).toContain(
      'enable --now distributed-fiji-spot-notice.service distributed-fiji-idle.timer',
    );
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

  test('what says why is among what could not be installed: the words are on the console, and it still ends itself', async () => {
    const machine = machineWith(
      {},
      {
        dnf: '[[ -e $HERE/network ]] && touch "$HERE/installed"',
        aws: '[[ -e $HERE/installed ]] || exit 127',
      },
    );
    const { code, output } = await boot(machine);
    expect(code).toBe(1);
    expect(output).toContain('boot failed at 20-packages.sh; this machine takes no jobs');

    writeFileSync(machine.path('network'), '');
    writeFileSync(machine.path('busy'), '');
    const then = Date.now() / 1000 - 16 * 60;
    utimesSync(machine.path('busy'), then, then);
    const ending = await machine.run(machine.path('opt', 'host', 'idle.sh'));
    expect(ending.code).toBe(0);
    expect(machine.asked('aws').at(-1)).toContain('terminate-instance-in-auto-scaling-group');
    expect(existsSync(machine.path('installed'))).toBe(true);
  });
});
