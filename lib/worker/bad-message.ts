/** A message that is no job goes to the dead-letter queue with its reason, and is recorded under the best name it has. */
import { hash } from 'node:crypto';
import { DEFAULT_RUN } from '../jobs/parse-message.ts';
import { safeName } from '../jobs/run-name.ts';
import type { Lease } from '../queue/lease.ts';
import type { Records } from './settle.ts';
import type { RecordContext } from './to-record.ts';

export function refuse(lease: Lease, reason: string, records: Records, context: RecordContext): void {
  const now = new Date().toISOString();
  const { identity, script } = context;

  records.add(
    {
      schema: 1,
      run: nameIn(lease.body, 'run') ?? DEFAULT_RUN,
      job: nameIn(lease.body, 'job') ?? hash('sha256', lease.body, 'hex').slice(0, 16),
      attempt: 1,
      final: true,
      outcome: 'bad message',
      reason,
      group: {},
      parameters: {},
      output_file_location: '',
      inputs: [],
      outputs: [],
      started: now,
      ended: now,
      phases: {},
      worker: identity,
      script: { source: script.source, sha256: script.sha256 },
    },
    {
      lease,
      // SQS takes no empty message, and whoever looks at the dead-letter queue should see what came.
      then: { kind: 'dead letter', body: lease.body || '(empty)', why: { outcome: 'bad message', reason } },
    },
  );
}

/** A field of a body that may be anything at all. */
function nameIn(body: string, field: 'run' | 'job'): string | undefined {
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown> | null)?.[field];
    return typeof value === 'string' && value !== '' && value === safeName(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
