/**
 * A machine's boot in a real container: the user data to the letter, with the paths of a real machine, which the other
 * tests of it lead elsewhere. The programs are this machine's; those that would change a machine are stand-ins.
 */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HOST_FOLDER } from '../../../lib/infrastructure/user-data.ts';
import { boot, deployedUserData, machineWith, removeMachines } from '../../infrastructure/host/machine.ts';
import { type Engine, engineIsMissing, startEngine } from './engine.ts';
import { BARE, makeBareImage } from './images.ts';

const OWN = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/ld.so.cache', '/etc/alternatives'];

(engineIsMissing() === undefined ? describe : describe.skip)('a machine boots in a container', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine();
    makeBareImage(engine);
  }, 60_000);
  afterAll(async () => {
    await engine.stop();
    removeMachines();
  });

  test('it is made ready where a real one is, asked for the same as outside', async () => {
    const outside = machineWith();
    expect((await boot(outside)).code).toBe(0);

    const machine = machineWith();
    writeFileSync(machine.path('user-data'), deployedUserData());
    const { folder } = machine;
    const mounts = [...OWN, dirname(process.execPath)].map((path) => `${path}:${path}:ro`);
    const show =
      'cat /etc/ecs/ecs.config /etc/docker/daemon.json; ls /etc/systemd/system /opt/distributed-fiji/workers/*';
    const said = await engine.docker(
      'run',
      '--network=none',
      ...[...mounts, `${folder}:${folder}`].flatMap((mount) => ['--volume', mount]),
      `--env=PATH=${folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      `--env=RECORD=${folder}/asked`,
      `--env=HERE=${folder}`,
      BARE,
      'bash',
      '-c',
      `mkdir -p /var/log /etc/systemd/system; bash ${folder}/user-data && { ${show}; }`,
    );

    expect(said).toContain('distributed-fiji: ready');
    expect(said).toContain('ECS_CLUSTER=Plates');
    expect(said).toContain('overlay2.size');
    for (const name of ['distributed-fiji-idle.timer', 'distributed-fiji-spot-notice.service', 'worker.mjs'])
      expect(said).toContain(name);
    const places = (lines: readonly string[]): string[] =>
      lines.map((line) => line.replaceAll(/\S*\/(opt|docker|units|boot\.log|new\.\w+)\S*/g, '<place>'));
    expect(places(machine.asked())).toEqual(places(outside.asked()));
    expect(machine.asked('mount-s3').join()).not.toContain(folder);
    expect(deployedUserData()).toContain(`${HOST_FOLDER}/host`);
  }, 60_000);
});
