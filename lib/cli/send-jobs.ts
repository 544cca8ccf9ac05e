/** Sends a job file's jobs while the user watches; stopped half-way, it says what was sent and how to go on. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DistributedFijiError } from '../errors.ts';
import type { JobFile, JobMessage } from '../jobs/index.ts';
import { grouped, plural } from '../plural.ts';
import { SendError, sendAll, type SendProgress } from '../queue/send.ts';
import { bar } from './bar.ts';
import { duration } from './duration.ts';
import { liveLine } from './live-line.ts';
import { placeAfter } from './resume-place.ts';

/** Not every job was sent; the fix is the command that sends the rest. */
export class SendingStoppedError extends DistributedFijiError {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, {
      code: 'QUEUE_FAILED',
      fault: 'environment',
      fix,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

export interface Sending {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly jobFile: JobFile;
  /** Jobs at the beginning of the file to leave out. */
  readonly from: number;
  /** Jobs that need not be done again. */
  readonly isDone: (job: JobMessage) => boolean;
  /** Jobs that will be sent. */
  readonly total: number;
  /** The command that was given, without `--from`. */
  readonly command: string;
}

/** @throws SendingStoppedError when the user stops it, or the queue fails, before all is sent. */
export async function sendJobs(sending: Sending): Promise<SendProgress> {
  const { client, queueUrl, jobFile, total, command } = sending;
  const places = new Places(jobFile.count, sending.from);
  const stop = new AbortController();
  let latest: SendProgress = { sent: 0, upTo: 0, retried: 0 };
  const goOn = () => `${command} --from ${placeAfter(jobFile, places.after(latest.upTo))}`;
  const line = liveLine(process.stderr);
  const began = performance.now();
  const show = (left: boolean) => {
    const seconds = (performance.now() - began) / 1000;
    line.show(progressText(latest.sent, total, left ? seconds : undefined));
  };
  const onSignal = () => {
    stop.abort();
    show(false);
    line.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    process.stderr.write('\nStopping when what is under way has arrived; once more stops at once.\n');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    latest = await sendAll(client, queueUrl, places.follow(jobFile, sending.isDone), {
      signal: stop.signal,
      onProgress: (progress) => {
        latest = progress;
        show(!stop.signal.aborted);
      },
    });
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    latest = error.progress;
    const sent = `${plural(latest.sent, 'job')} of ${grouped(total)} had been sent`;
    throw new SendingStoppedError(
      `${error.message}\n${sent}.`,
      `${error.fix ?? ''} Then go on with: ${goOn()}`.trim(),
      error,
    );
  } finally {
    line.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
  if (latest.sent < total) {
    throw new SendingStoppedError(
      `Stopped: ${plural(latest.sent, 'job')} of ${grouped(total)} were sent.`,
      `Go on with: ${goOn()}`,
    );
  }
  return latest;
}

/** From a place in the stream of jobs that are sent to a place in the job file: done jobs are left out in between. */
class Places {
  readonly #inFile: Uint32Array;
  readonly #from: number;
  #given = 0;

  constructor(count: number, from: number) {
    this.#inFile = new Uint32Array(count - from);
    this.#from = from;
  }

  async *follow(
    jobFile: JobFile,
    isDone: (job: JobMessage) => boolean,
  ): AsyncGenerator<JobMessage, void, void> {
    let place = this.#from;
    for await (const job of jobFile.messages({ from: this.#from })) {
      if (!isDone(job)) {
        this.#inFile[this.#given] = place;
        this.#given += 1;
        yield job;
      }
      place += 1;
    }
  }

  /** Jobs at the beginning of the file that need not be sent again when the first `sent` of the stream have been. */
  after(sent: number): number {
    return sent === 0 ? this.#from : (this.#inFile[sent - 1] as number) + 1;
  }
}

/**
 * `████░░  16%  16,000 of 100,000 jobs, 5,300 a second, about 16 s left`
 *
 * @param seconds since sending began; undefined when it ends here
 */
function progressText(sent: number, total: number, seconds: number | undefined): string {
  const soFar = `${bar(sent / total)}  ${grouped(sent)} of ${plural(total, 'job')}`;
  if (seconds === undefined) return soFar;
  const perSecond = sent / Math.max(seconds, 0.001);
  const left = sent === 0 ? '' : `, about ${duration((total - sent) / perSecond)} left`;
  return `${soFar}, ${grouped(Math.round(perSecond))} a second${left}`;
}
