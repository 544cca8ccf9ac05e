/** What a simulated run is given. Times in seconds. */
import type { Random } from './random.ts';

export interface Scenario {
  readonly name: string;
  readonly jobs: number;
  /** How long one job takes. */
  readonly job: (random: Random) => number;
  readonly machines: number;
  readonly tasksPerMachine: number;
  /** Mean life of a Spot machine until AWS takes it back. */
  readonly spotLife: number;
  /** Machines that AWS has for us at a time after the run's begin. */
  readonly capacity: (at: number) => number;
  /** How likely an attempt fails. */
  readonly failing: number;
  /** How likely a reading of the queue is plainly wrong. */
  readonly lies: number;
  /** How old a reading may be. */
  readonly stale: number;
  /** How likely a call to AWS fails after all retries. */
  readonly errors: number;
  /** How likely a machine takes very long to start, or never joins. */
  readonly slowStarts: number;
  readonly neverJoins: number;
  /** Monitors that run side by side. */
  readonly monitors: number;
  /** What the run before knew of a job's length; undefined: this is the first. */
  readonly knownJob: number | undefined;
  /** Deploys in the middle of the run. */
  readonly deploys?: readonly Deploy[];
  readonly seed: number;
}

export interface Deploy {
  readonly at: number;
  /** Whether machines that run get tasks of it too, or only those that start from then on. */
  readonly keepsMachines: boolean;
}

const HOUR = 3600;
const mixed =
  (median: number, sigma = 0.8) =>
  (random: Random): number =>
    random.logNormal(median, sigma);

export const CALM: Omit<Scenario, 'name' | 'jobs' | 'job' | 'machines'> = {
  tasksPerMachine: 1,
  spotLife: 40 * HOUR,
  capacity: () => Infinity,
  failing: 0,
  lies: 0.01,
  stale: 30,
  errors: 0.002,
  slowStarts: 0.02,
  neverJoins: 0.002,
  monitors: 1,
  knownJob: undefined,
  seed: 1,
};

/** The scenarios of `npm run bench -- fleet`. */
export const SCENARIOS: readonly Scenario[] = [
  { ...CALM, name: '1 h, 100 machines', jobs: 3_000, job: mixed(90), machines: 100 },
  {
    ...CALM,
    name: '3 h, 100 machines x 16',
    jobs: 60_000,
    job: mixed(240),
    machines: 100,
    tasksPerMachine: 16,
  },
  {
    ...CALM,
    name: '40,000 wells, 50 machines x 4',
    jobs: 40_000,
    job: mixed(60),
    machines: 50,
    tasksPerMachine: 4,
  },
  {
    ...CALM,
    name: '1,000,000 jobs, 1,000 machines x 4',
    jobs: 1_000_000,
    job: mixed(60),
    machines: 1_000,
    tasksPerMachine: 4,
  },
  { ...CALM, name: 'jobs of 1-6 hours, 50 machines', jobs: 200, job: mixed(2 * HOUR, 0.5), machines: 50 },
  {
    ...CALM,
    name: 'Spot taken back every 2 h',
    jobs: 20_000,
    job: mixed(120),
    machines: 100,
    spotLife: 2 * HOUR,
  },
  {
    ...CALM,
    name: 'shortage: 40 of 100 for 2 h',
    jobs: 12_000,
    job: mixed(120),
    machines: 100,
    capacity: (at) => (at < 2 * HOUR ? 40 : 100),
  },
  {
    ...CALM,
    name: 'lying counts, slow starts, errors, two monitors',
    jobs: 20_000,
    job: mixed(120),
    machines: 100,
    lies: 0.1,
    stale: 60,
    errors: 0.05,
    slowStarts: 0.1,
    neverJoins: 0.02,
    monitors: 2,
  },
  { ...CALM, name: '3% of attempts fail', jobs: 12_000, job: mixed(120), machines: 100, failing: 0.03 },
  {
    ...CALM,
    name: 'short: 2,000 jobs of 3 s, length known',
    jobs: 2_000,
    job: mixed(3),
    machines: 100,
    knownJob: 4,
  },
  { ...CALM, name: 'tiny: 100 jobs of 3 s, never run before', jobs: 100, job: mixed(3), machines: 100 },
  { ...CALM, name: 'short: 2,000 jobs of 3 s, never run before', jobs: 2_000, job: mixed(3), machines: 100 },
];
