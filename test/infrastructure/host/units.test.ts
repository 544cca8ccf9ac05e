/** What watches a machine once it works: for a Spot notice, and for having nothing to do. */
import { utimesSync, writeFileSync } from 'node:fs';
import { boot, machineWith, removeMachines } from './machine.ts';
import type { StandInMachine } from './stand-ins.ts';

afterEach(removeMachines);

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
