import { SCENARIOS } from './scenario.ts';
import { World } from './world.ts';
import { Monitors } from './ours.ts';
const base = SCENARIOS.find((s) => s.name.startsWith(process.argv[2]!))!;
const scenario = { ...base, seed: Number(process.argv[3] ?? 1) };
const w = new World(scenario);
new Monitors(w);
const tick = () => {
  const t = w.there;
  console.log(
    w.clock.now,
    'desired',
    w.desired,
    'there',
    t.length,
    'joined',
    t.filter((m) => m.joined).length,
    'workers',
    t.reduce((s, m) => s + m.workers.size, 0),
    JSON.stringify(w.queue.counts),
    'hours',
    (w.machineSeconds / 3600).toFixed(2),
  );
  w.clock.after(15, tick);
};
tick();
w.clock.run(3000, () => w.over);
