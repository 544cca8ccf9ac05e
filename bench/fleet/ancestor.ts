/**
 * The Python project's way, as its run.py, worker and alarms have it: the whole fleet at once and kept whole, workers
 * restarted by a service for ever; every ten minutes, when nothing waits, the fleet's target goes to the number of jobs
 * in work, without ending anything; a machine below 1% CPU for 15 minutes is ended by its alarm; when the queue is
 * empty, everything is cancelled at once.
 */
import type { World } from './world.ts';

const LOOK = 60;
const DOWNSCALE = 600;
const ALARM = 900;

export function runAncestor(world: World): void {
  const { scenario, clock, queue } = world;
  world.keepsWorkers = true;
  let target = scenario.machines;
  let lastDownscale = 0;
  world.setDesired(target);

  const look = (): void => {
    world.calls += 2;
    const counts = queue.counts; // without SQS's age and errors: told kindly
    if (queue.empty) return world.setDesired(0);

    if (clock.now - lastDownscale >= DOWNSCALE) {
      lastDownscale = clock.now;
      if (counts.visible === 0 && counts.inFlight < world.there.length)
        target = Math.min(target, counts.inFlight);
    }
    endIdle(world, target);
    world.runTasks(scenario.machines * scenario.tasksPerMachine); // the service's part
    clock.after(LOOK, look);
  };
  clock.after(LOOK, look);
}

/** The alarms. The fleet replaces what they end while its target is higher. */
function endIdle(world: World, target: number): void {
  for (const machine of world.there) {
    const working = [...machine.workers].some(({ job }) => job !== undefined);
    const idle = world.clock.now - machine.idleSince;
    if (machine.joined && !working && idle >= ALARM) world.terminate(machine.id, world.there.length > target);
  }
}
