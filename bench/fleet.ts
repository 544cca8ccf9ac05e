/** `npm run bench -- fleet`: what the monitor's decisions cost, beside what people use today. See docs/monitor.md. */
import { SCENARIOS } from './fleet/scenario.ts';
import { CONTROLLERS, simulate, type Controller, type Outcome } from './fleet/simulate.ts';

/** The worst of these many worlds is shown. */
const SEEDS = 3;
const SEEDS_LARGE = 1;
const LARGE = 100_000;

const COLUMNS = ['', 'hours', '/ ideal', '/ work', 'Spot', 'lost', 'full', 'zero', 'wall', 'calls'] as const;

export async function run(): Promise<void> {
  print(
    'Simulated. hours: of machines, the worst of the seeds. / ideal: over those of a fleet that starts at once, loses',
    'nothing and ends each machine with its last job. / work: over those of the bare work. Spot: hours that machines',
    'taken back have cost. lost: jobs whose machine the controller ended. In minutes, full: until 95% of the machines',
    "had joined; zero: from the last job's end until no machine was left; wall: until the last job ended.",
  );
  for (const scenario of SCENARIOS) {
    const seeds = scenario.jobs > LARGE ? SEEDS_LARGE : SEEDS;
    print('', scenario.name, row(COLUMNS));
    for (const controller of Object.keys(CONTROLLERS) as Controller[]) {
      const outcomes = Array.from({ length: seeds }, (_, index) =>
        simulate({ ...scenario, seed: scenario.seed + index }, controller),
      );
      print(row(cells(controller, worst(outcomes), scenario.jobs)));
    }
  }
}

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((a, b) => (b.overIdeal > a.overIdeal ? b : a));
}

function cells(controller: string, outcome: Outcome, jobs: number): string[] {
  const minutes = (seconds: number | undefined): string =>
    seconds === undefined ? 'never' : (seconds / 60).toFixed(1);
  return [
    outcome.done === jobs ? controller : `${controller} (${outcome.done} of ${jobs} done)`,
    outcome.machineHours.toFixed(1),
    outcome.overIdeal.toFixed(3),
    outcome.overWork.toFixed(3),
    outcome.spot.toFixed(1),
    String(outcome.lostToScaleIn),
    minutes(outcome.full),
    minutes(outcome.toZero),
    (outcome.wallHours * 60).toFixed(0),
    String(outcome.calls),
  ];
}

function row([name, ...numbers]: readonly string[]): string {
  return `  ${(name ?? '').padEnd(20)}${numbers.map((each) => each.padStart(9)).join('')}`;
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
