/** A real queue server for a test file, and new queues in it. */
import { afterAll, beforeAll } from '@jest/globals';
import { startQueueServer, type QueueServer } from '../fixtures/queue.ts';

/** Ready when a test runs. */
export let server: QueueServer;
let names = 0;

beforeAll(async () => {
  server = await startQueueServer();
});
afterAll(() => server.stop());

/** @returns its address */
export const aQueue = (): Promise<string> => server.createQueue(`queue-${names++}`);
