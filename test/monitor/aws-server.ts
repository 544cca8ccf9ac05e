/** moto behind strict-aws, with tasks that stay as they are until a test moves them. */
import { startMoto } from '../fixtures/moto.ts';
import { startStrictAws, type StrictAws } from '../fixtures/strict-aws.ts';

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
