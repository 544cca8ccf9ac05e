/**
 * A capacity provider with managed scaling (target 100) and managed termination protection, told the right number of
 * tasks each minute: from zero two machines, nothing more until the warm-up has passed, then what is missing; in only
 * after 15 one-minute datapoints below the target, about one machine a minute, and only machines without tasks.
 */
import type { World } from './world.ts';

const MINUTE = 60;
const FIRST = 2;
const WARM_UP = 300;
const DATAPOINTS = 15;

export function runManagedScaling(world: World): void {
  const { scenario, clock, queue } = world;
  let warmUntil = 0;
  let below = 0;

  const look = (): void => {
    world.calls += 2;
    const counts = queue.counts; // without SQS's age and errors: told kindly
    const workers = world.there.reduce((sum, { workers: some }) => sum + some.size, 0);
    const wanted = Math.min(
      scenario.machines * scenario.tasksPerMachine,
      counts.visible + Math.max(counts.inFlight, workers),
    );
    world.runTasks(Math.max(0, wanted - workers));

    const needed = Math.min(scenario.machines, Math.ceil(wanted / scenario.tasksPerMachine));
    below = needed < world.there.length ? below + 1 : 0;
    if (needed > world.desired && clock.now >= warmUntil) {
      world.setDesired(world.desired === 0 ? Math.min(FIRST, needed) : needed);
      warmUntil = clock.now + WARM_UP;
    } else if (below >= DATAPOINTS) {
      const empty = world.there.find(({ workers: some }) => some.size === 0);
      if (empty) world.terminate(empty.id, true);
      else if (world.there.length < world.desired) world.setDesired(world.there.length);
    }
    clock.after(MINUTE, look);
  };
  clock.after(MINUTE, look);
}
