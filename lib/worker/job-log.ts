/** One attempt's log, as people open it: what the job was, what Fiji and the script printed, how it ended. */
import { readFile } from 'node:fs/promises';
import type { Attempt, Verdict } from './attempt.ts';
import type { RecordContext } from './to-record.ts';

export async function logText(
  attempt: Attempt,
  verdict: Verdict,
  { identity, script }: RecordContext,
): Promise<string> {
  const { message, parameters } = attempt;
  const fiji = await readFile(attempt.fijiLog, 'utf8').catch(() => ''); // the job may have ended before Fiji

  return [
    `Job ${message.job} of run ${message.run}, attempt ${attempt.number}, on ${identity.id}`,
    `Script ${script.source} (SHA-256 ${script.sha256})`,
    ...Object.entries(parameters).map(([name, value]) => `  ${name} = ${String(value)}`),
    '--- Fiji and the script say ---',
    fiji.trimEnd(),
    '--- end ---',
    ...attempt.notes,
    verdict.reason === '' ? verdict.outcome : `${verdict.outcome}: ${verdict.reason}`,
    '',
  ].join('\n');
}
