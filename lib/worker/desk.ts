/**
 * The jobs that a worker has in hand: taken from the queue, each with its lease and its folder, until they are settled,
 * given back or lost.
 */
import { messageOf } from '../errors.ts';
import { type JobMessage, parseMessage } from '../jobs/parse-message.ts';
import type { Lease } from '../queue/lease.ts';
import { receive } from '../queue/receive.ts';
import { Attempt, type Verdict } from './attempt.ts';
import type { Background } from './background.ts';
import { refuse } from './bad-message.ts';
import { removeFolder, type Scratch } from './scratch.ts';
import { giveBack, type QueueContext, type Records, settle } from './settle.ts';

export interface DeskContext extends QueueContext {
  readonly scratch: Scratch;
}

export class Desk {
  readonly #context: DeskContext;
  readonly #records: Records;
  readonly #background: Background;
  readonly #stopping: AbortSignal;
  readonly #attempts = new Set<Attempt>();
  /** Jobs that this worker brought to a verdict. */
  settled = 0;

  /** @param stopping once aborted, nothing is taken any more */
  constructor(context: DeskContext, records: Records, background: Background, stopping: AbortSignal) {
    this.#context = context;
    this.#records = records;
    this.#background = background;
    this.#stopping = stopping;
  }

  /**
   * One poll of the queue.
   *
   * @param ahead whether the job waits for its turn
   * @returns 'empty' when nothing came; 'refused' when what came was no job
   */
  async take(waitSeconds: number, ahead: boolean): Promise<Attempt | 'empty' | 'refused'> {
    const { client, settings, scratch, heartbeat, events } = this.#context;
    const [lease] = await receive(client, settings.SQS_QUEUE_URL, {
      max: 1,
      waitSeconds,
      visibilitySeconds: settings.SQS_MESSAGE_VISIBILITY,
      signal: this.#stopping,
    });
    if (lease === undefined) return 'empty';

    const message = this.#read(lease);
    if (message === undefined) return 'refused';
    const attempt = new Attempt(lease, message, await scratch.jobFolder(), ahead);
    this.#attempts.add(attempt);
    heartbeat.hold(lease, (why) => {
      if (attempt.drop()) events.emit('lease lost', { ...attempt.names, why });
    });
    events.emit('job taken', { ...attempt.names, ahead });
    // The word to stop may have come while the message was on its way.
    if (this.#stopping.aborted) this.giveBack(attempt, String(this.#stopping.reason));
    return attempt;
  }

  /** Settles in the background: records are written in batches. */
  settle(attempt: Attempt, verdict: Verdict): void {
    const work = async () => {
      if (await settle(attempt, verdict, this.#records, this.#context)) this.settled += 1;
      await this.#forget(attempt);
    };
    void this.#background.run(work());
  }

  /** In the background, at once. Does nothing to a job that is settled or dropped. */
  giveBack(attempt: Attempt, why: string): void {
    void this.#background.run(giveBack(attempt, why, this.#records, this.#context));
  }

  /** @param spare jobs in this stage are left alone */
  giveBackAll(why: string, spare?: Attempt['stage']): void {
    for (const attempt of this.#attempts) if (attempt.stage !== spare) this.giveBack(attempt, why);
  }

  /** The end of a dropped job, once nothing works on it any more. */
  clear(attempt: Attempt): void {
    void this.#background.run(this.#forget(attempt));
  }

  async #forget(attempt: Attempt): Promise<void> {
    this.#attempts.delete(attempt);
    await removeFolder(attempt.folder);
  }

  #read(lease: Lease): JobMessage | undefined {
    try {
      return parseMessage(lease.body);
    } catch (error) {
      const reason = messageOf(error);
      this.#context.events.emit('bad message', { reason });
      this.#context.heartbeat.hold(lease, () => undefined); // if it is lost, the next worker refuses it too
      refuse(lease, reason, this.#records, this.#context);
      return undefined;
    }
  }
}
