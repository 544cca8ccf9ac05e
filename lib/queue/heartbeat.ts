/**
 * Keeps the leases of one worker alive while it works: at a third of their length, in batches, until each is released.
 *
 * A lease ends, and its holder is told, when
 * - SQS says that the message is no longer ours (it expired and somebody else may have it, or it was deleted);
 * - renewing failed for so long that it must have expired;
 * - it is 12 hours old: SQS ends every lease then, however often it was renewed.
 */
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf } from '../errors.ts';
import type { Lease } from './lease.ts';

const BATCH = 10;

/** The first request of a client takes its time. */
const SHORTEST_WAIT_MS = 5_000;

/** SQS counts 12 hours from the receive; the margin is for the way to SQS and back, and for clocks. */
const LONGEST_LEASE_MS = 12 * 3600_000 - 30_000;

export interface HeartbeatOptions {
  readonly client: SQSClient;
  readonly url: string;
  /** Seconds of each renewal: SQS_MESSAGE_VISIBILITY. */
  readonly visibilitySeconds: number;
  /** Told of a renewal that failed and will be tried again. */
  readonly onTrouble?: (message: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Asked {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

interface Held {
  readonly onLost: (why: string) => void;
  expiresAt: number;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #now: () => number;
  readonly #held = new Map<Lease, Held>();
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => void this.beat(), (options.visibilitySeconds * 1000) / 3);
    // Whoever holds leases has other reasons to live.
    this.#timer.unref();
  }

  /**
   * Renews this lease from now on.
   *
   * @param onLost called once, with the reason in words, when the lease is no longer ours
   */
  hold(lease: Lease, onLost: (why: string) => void): void {
    this.#held.set(lease, { onLost, expiresAt: lease.receivedAt + this.#options.visibilitySeconds * 1000 });
  }

  /** Renews it no more; what becomes of the message is the caller's affair (settle.ts). */
  release(lease: Lease): void {
    this.#held.delete(lease);
  }

  /** Ends the renewing of every lease. Resolves when no request is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#held.clear();
    await this.#beating;
  }

  /** One round, which the timer calls by itself. Never rejects; a round that still runs is not doubled. */
  beat(): Promise<void> {
    this.#beating ??= this.#renewAll().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #renewAll(): Promise<void> {
    const leases = [...this.#held.keys()];
    const batches = Array.from({ length: Math.ceil(leases.length / BATCH) }, (_, i) =>
      leases.slice(i * BATCH, (i + 1) * BATCH),
    );
    await Promise.all(batches.map((batch) => this.#renew(batch)));
  }

  async #renew(batch: readonly Lease[]): Promise<void> {
    const asked = this.#now();
    const entries = batch.map((lease, index) => ({
      Id: String(index),
      ReceiptHandle: lease.receiptHandle,
      VisibilityTimeout: this.#secondsToAsk(lease, asked),
    }));
    const due = entries.filter(({ VisibilityTimeout }) => VisibilityTimeout > 0);
    if (due.length > 0) await this.#ask(batch, due, asked);
    this.#endExpired(batch);
  }

  async #ask(batch: readonly Lease[], due: readonly Asked[], asked: number): Promise<void> {
    const leaseOf = (id: string | undefined) => batch[Number(id)] as Lease;
    try {
      const { client, url, visibilitySeconds } = this.#options;
      const { Successful = [], Failed = [] } = await client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: [...due] }),
        // A server that only keeps silent must not keep the others from being renewed, nor from being given up.
        {
          abortSignal: AbortSignal.timeout(
            Math.max(SHORTEST_WAIT_MS, Math.ceil((visibilitySeconds * 1000) / 3)),
          ),
        },
      );
      for (const { Id } of Successful) {
        const held = this.#held.get(leaseOf(Id));
        const seconds = due.find((entry) => entry.Id === Id)?.VisibilityTimeout ?? 0;
        if (held) held.expiresAt = asked + seconds * 1000;
      }
      for (const { Id, SenderFault, Code, Message } of Failed) {
        const why = Message ?? Code ?? 'no reason given';
        if (SenderFault) this.#lose(leaseOf(Id), why);
        else this.#options.onTrouble?.(why);
      }
    } catch (error) {
      this.#options.onTrouble?.(messageOf(error));
    }
  }

  #secondsToAsk(lease: Lease, now: number): number {
    const left = Math.floor((lease.receivedAt + LONGEST_LEASE_MS - now) / 1000);
    return Math.min(this.#options.visibilitySeconds, left);
  }

  #endExpired(batch: readonly Lease[]): void {
    const now = this.#now();
    for (const lease of batch) {
      const held = this.#held.get(lease);
      if (held === undefined || held.expiresAt > now) continue;
      const tooOld = this.#secondsToAsk(lease, now) <= 0;
      this.#lose(
        lease,
        tooOld ? 'SQS ends every lease 12 hours after the receive' : 'it could not be renewed in time',
      );
    }
  }

  #lose(lease: Lease, why: string): void {
    const held = this.#held.get(lease);
    this.#held.delete(lease);
    held?.onLost(why);
  }
}
