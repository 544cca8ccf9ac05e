/** What calls the monitor. Only `enqueue` says anything that matters; a schedule's or a machine's event just wakes it. */
import { z } from 'zod';

/** What `enqueue` invokes the monitor with, once it has sent its jobs. */
export const enqueuedEvent = z.object({ enqueued: z.number().int().nonnegative() });
export type EnqueuedEvent = z.infer<typeof enqueuedEvent>;

/** The jobs that were just sent, if that is what the event says. */
export function enqueuedJobs(event: unknown): number | undefined {
  const jobs = enqueuedEvent.safeParse(event).data?.enqueued;
  return jobs === 0 ? undefined : jobs;
}
