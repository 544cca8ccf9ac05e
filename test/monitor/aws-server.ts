/** moto behind strict-aws, with tasks that stay as they are until a test moves them. */
import { tick, type Looked } from '../../lib/monitor/tick.ts';
import { startMoto } from '../fixtures/moto.ts';
import { startStrictAws, type StrictAws } from '../fixtures/strict-aws.ts';
import type { RunOnAws } from './run-on-aws.ts';

export interface AwsServer {
  readonly strict: StrictAws;
  stop(): Promise<void>;
}

export async function startAws(): Promise<AwsServer> {
  const moto = await startMoto();
  const strict = await startStrictAws(moto.endpoint);
  // Otherwise each look at a task would move it on.
  await fetch(`${moto.endpoint}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    body: JSON.stringify({
      model_name: 'ecs::task',
      transition: { progression: 'manual', times: 1_000_000 },
    }),
  });
  return {
    strict,
    stop: async () => {
      await strict.stop();
      await moto.stop();
    },
  };
}

export const MINUTE = 60_000;

/** A monitor whose every look is a minute after the last. */
export function minutes(say: (line: string) => void = () => undefined) {
  const time = { now: Date.now() };
  return {
    time,
    look: async (run: Pick<RunOnAws, 'aws' | 'settings'>, enqueued?: number): Promise<Looked> => {
      time.now += MINUTE;
      return tick({ aws: run.aws, settings: run.settings, now: time.now, enqueued, say });
    },
  };
}

export const kindsOf = (looked: Looked): string[] =>
  looked.kind === 'looked' ? looked.actions.map(({ kind }) => kind) : [looked.kind];
