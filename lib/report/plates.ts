/** Jobs to wells: a map for each plate; of a well with several jobs one circle, which a single failed job makes a ring. */
import type { PlateWell } from './plate-map.ts';

/** A job's place, and what became of it. */
export interface JobInWell {
  /** Undefined where the jobs name no plate. */
  readonly plate?: string | undefined;
  readonly well: string;
  readonly href: string | undefined;
  readonly value: number | undefined;
  /** Shown when the mouse rests on it. */
  readonly text: string;
  readonly failed?: boolean;
}

export interface Plate {
  readonly name: string | undefined;
  readonly wells: readonly PlateWell[];
}

/** More maps would be a page of maps. */
const MOST_PLATES = 20;

/** @param textOf a mean, for people */
export function platesOf(jobs: readonly JobInWell[], textOf: (value: number) => string): Plate[] {
  const plates = Map.groupBy(jobs, ({ plate }) => plate);
  return [...plates].slice(0, MOST_PLATES).map(([name, onPlate]) => ({
    name,
    wells: [...Map.groupBy(onPlate, ({ well }) => well).values()].map((inWell) => oneOf(inWell, textOf)),
  }));
}

function oneOf(jobs: readonly JobInWell[], textOf: (value: number) => string): PlateWell {
  const [first] = jobs as readonly [JobInWell];
  if (jobs.length === 1) return first;
  const failed = jobs.filter((job) => job.failed);
  const values = jobs.flatMap(({ value }) => value ?? []);
  const mean =
    values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    well: first.well,
    href: (failed[0] ?? jobs.find(({ href }) => href !== undefined) ?? first).href,
    value: mean,
    text: [
      `${jobs.length} jobs`,
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ...(mean === undefined ? [] : [`${textOf(mean)} in the mean`]),
    ].join(', '),
    failed: failed.length > 0,
  };
}
