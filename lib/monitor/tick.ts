/**
 * One look:
 *
 *   recall ─► observe ─► decide ─► claim ─► act ─► remember
 *                                    │
 *                                    └─ somebody else has written since: they act, we do nothing
 *
 * A look that dies between claim and remember leaves a claim behind, which lapses; the next look sees the world as it
 * then is. Nothing that was decided has to be finished.
 */
import { randomUUID } from 'node:crypto';
import type { Results } from './act/acting.ts';
import { act, MonitorActionError } from './act/index.ts';
import type { Aws } from './aws.ts';
import { decide } from './decide.ts';
import { RUN_ENDED_MAIL } from './mails.ts';
import type { Memory } from './memory.ts';
import { commit, recall } from './memory-object.ts';
import { observe } from './observe/index.ts';
import type { MonitorSettings } from './settings.ts';
import type { Action, State } from './state.ts';

/** Longer than a look may take: the Lambda's time limit lies below it. Milliseconds. */
export const CLAIM_MS = 120_000;

export interface Tick {
  readonly aws: Aws;
  readonly settings: MonitorSettings;
  /** Milliseconds since the epoch. @default the clock */
  readonly now?: number;
  /** Jobs that `enqueue` has just sent. */
  readonly enqueued?: number | undefined;
  /** Hears of everything that is done. */
  readonly say: (line: string) => void;
}

export type Looked =
  | { readonly kind: 'another acts' }
  | {
      readonly kind: 'looked';
      readonly state: State;
      readonly actions: readonly Action[];
      readonly memory: Memory;
    };

/** @throws MonitorActionError when something that was decided could not be done; everything else was */
export async function tick({ aws, settings, now = Date.now(), enqueued, say }: Tick): Promise<Looked> {
  const { memory: before, version } = await recall(aws, settings);
  if (before.claim !== null && now - before.claim.at < CLAIM_MS) return { kind: 'another acts' };

  const state = await observe({ aws, settings, memory: before, now }, enqueued);
  const { actions, memory } = decide(state);
  if (memory === before) return { kind: 'looked', state, actions, memory };

  const claim = actions.length > 0 ? { by: randomUUID(), at: now } : null;
  const claimed = await commit(aws, settings, { ...memory, claim }, version);
  if (claimed === undefined) return { kind: 'another acts' };
  if (actions.length === 0) return { kind: 'looked', state, actions, memory };

  const token = `${(memory.run ?? before.run)?.since.toString(36) ?? 'idle'}-${memory.tick}`;
  const results = await act({ aws, settings, token, say }, actions);
  const learned = learn(state, memory, actions, results);
  await commit(aws, settings, learned, claimed);
  if (results.errors.length > 0) throw new MonitorActionError(results.errors);
  return { kind: 'looked', state, actions, memory: learned };
}

/** What the actions themselves have taught. */
export function learn(
  { memory: before, nodes, now }: Pick<State, 'memory' | 'nodes' | 'now'>,
  memory: Memory,
  actions: readonly Action[],
  { misfit, spared, placed, unsent }: Results,
): Memory {
  const tried = actions.some(({ kind }) => kind === 'start tasks');
  const spares = new Set(spared);
  const arns = new Set(placed);
  const got = new Set(nodes.flatMap(({ arn, machine }) => (arns.has(arn) ? [machine] : [])));

  return {
    ...memory,
    misfit: misfit ? { ...misfit, looks: (memory.misfit?.looks ?? 0) + 1 } : tried ? null : memory.misfit,
    tasksStarted: tried && placed.length === 0 ? before.tasksStarted : memory.tasksStarted,
    machines: Object.fromEntries(
      Object.entries(memory.machines).map(([id, machine]) => [
        id,
        {
          ...machine,
          ...(spares.has(id) && { ending: false }),
          ...(got.has(id) && { placed: now }),
        },
      ]),
    ),
    mailed: Object.fromEntries(Object.entries(memory.mailed).filter(([key]) => !unsent.includes(key))),
    // A run whose end nobody was told of has not ended: the next look tells.
    ...(unsent.includes(RUN_ENDED_MAIL) && { run: before.run, readings: before.readings }),
  };
}
