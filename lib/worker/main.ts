/**
 * The worker as a program: `node worker.mjs`, told everything by environment variables (settings.ts). It leaves with 0
 * when the queue has stayed empty or it was asked to stop, and with 1, and the reason, when it cannot work.
 *
 * SIGTERM, SIGINT, SIGHUP (and, where asked for, a closed standard input) mean: give back what runs and leave. A second
 * one changes nothing.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3Client, sqsClient } from '../aws/clients.ts';
import { DistributedFijiError, messageOf } from '../errors.ts';
import type { FijiInstallation } from '../fiji/fiji.ts';
import { FijiNotFoundError, findFiji } from '../fiji/find/find.ts';
import { openFijiPool } from '../fiji/pool.ts';
import { queueDepth } from '../queue/depth.ts';
import { Heartbeat } from '../queue/heartbeat.ts';
import { openStore } from '../store/open-store.ts';
import { Deployment } from './deployment.ts';
import { logEvents, type WorkerEvents, workerEvents } from './events.ts';
import { identify } from './machine.ts';
import { heapMiB } from './memory.ts';
import { reportPeakMemory } from './peak-memory.ts';
import { Prefetch } from './prefetch.ts';
import { openScratch } from './scratch.ts';
import { fetchScript } from './script.ts';
import { readSettings, type WorkerSettings } from './settings.ts';
import { openOnce } from './stores.ts';
import { work } from './worker.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const stop = stopSignal(settings);
  const events = workerEvents();
  const print = (line: string) => void process.stdout.write(line);
  logEvents(events, print);
  const reportLast = settings.METRICS ? reportPeakMemory(events, settings.APP_NAME, print) : undefined;
  const scratch = await openScratch(settings.SCRATCH);

  try {
    await workIn(scratch, settings, events, stop);
  } finally {
    reportLast?.();
    await scratch.remove();
  }
}

/** From the script to the last record: everything that is opened here is closed here. */
async function workIn(
  scratch: Awaited<ReturnType<typeof openScratch>>,
  settings: WorkerSettings,
  events: WorkerEvents,
  stop: AbortSignal,
): Promise<void> {
  const { identity, problem } = await identify(settings.MACHINE_FACTS);
  if (problem !== undefined) events.emit('trouble', { message: problem });

  const onAnonymous = (message: string): void => void events.emit('trouble', { message });
  const open = openOnce((address) => openStore(address, { uploadFlags: settings.UPLOAD_FLAGS, onAnonymous }));
  const script = await fetchScript(settings.SCRIPT_DOWNLOAD_URL, join(scratch.folder, 'script'), open);
  const fiji = await fijiFor(settings);
  const pool = await openFijiPool({
    fiji,
    folder: join(scratch.folder, 'fiji'),
    jobsPerFiji: settings.JOBS_PER_FIJI,
    virtualDisplay: settings.VIRTUAL_DISPLAY,
    heapMiB: heapMiB(settings.MEMORY),
    cores: settings.CORES,
    script: script.path,
  });
  const client = sqsClient({ region: settings.AWS_REGION });
  const heartbeat = new Heartbeat({
    client,
    url: settings.SQS_QUEUE_URL,
    visibilitySeconds: settings.SQS_MESSAGE_VISIBILITY,
    onTrouble: (message) => events.emit('trouble', { message }),
  });
  const prefetch = new Prefetch(() => queueDepth(client, settings.SQS_QUEUE_URL));
  const deployment = new Deployment(settings, s3Client, (message) => events.emit('trouble', { message }));
  const destination = open(settings.DESTINATION);

  await sleep(Math.random() * settings.START_WITHIN_SECONDS * 1000, undefined, { signal: stop }).catch(
    () => undefined,
  );
  events.emit('started', {
    worker: identity.id,
    fiji: fiji.origin,
    script: script.source,
    sha256: script.sha256,
  });
  try {
    const jobs = await work(
      {
        settings,
        events,
        identity,
        script,
        scratch,
        pool,
        client,
        heartbeat,
        prefetch,
        deployment,
        destination,
        openStore: open,
      },
      stop,
    );
    events.emit('stopped', { jobs });
  } finally {
    await Promise.all([heartbeat.stop(), pool.close()]);
    client.destroy();
  }
}

/** An image that was named must have a Fiji: another one, brought in its place, would lack the plugins it was chosen for. */
async function fijiFor({ FIJI_HOME, DOCKERHUB_TAG }: WorkerSettings): Promise<FijiInstallation> {
  try {
    return await findFiji({
      env: process.env,
      starter: DOCKERHUB_TAG === undefined,
      ...(FIJI_HOME !== undefined && { home: FIJI_HOME }),
    });
  } catch (error) {
    if (DOCKERHUB_TAG === undefined || !(error instanceof FijiNotFoundError)) throw error;
    throw new FijiNotFoundError(
      `There is no Fiji in the image ${DOCKERHUB_TAG} (DOCKERHUB_TAG): ${error.message}`,
      'Set DOCKERHUB_TAG in config.ts to an image with Fiji in it, such as fiji/fiji:latest; or, where the image has it in an unusual place, give the image a variable FIJI_HOME with the folder that holds the launcher. Then deploy again.',
    );
  }
}

/** Aborted, with the reason in words, at the first word to stop. */
function stopSignal(settings: WorkerSettings): AbortSignal {
  const stop = new AbortController();

  for (const signal of SIGNALS) process.on(signal, () => stop.abort(`the worker was stopped (${signal})`));
  if (settings.STOP_WHEN_STDIN_CLOSES) {
    process.stdin.on('close', () => stop.abort('whoever started the worker is gone'));
    process.stdin.resume();
    stop.signal.addEventListener('abort', () => process.stdin.destroy());
  }
  return stop.signal;
}

try {
  await main();
} catch (error) {
  const fix = error instanceof DistributedFijiError ? error.fix : undefined;
  process.stderr.write(`${messageOf(error)}\n${fix === undefined ? '' : `Fix: ${fix}\n`}`);
  process.exitCode = 1;
} finally {
  // A pipe that is still open would keep the process alive for nothing.
  if (process.stdin.readable) process.stdin.destroy();
}
