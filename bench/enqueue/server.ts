/**
 * A process of its own: the queue in memory, and the same queue behind 20 ms of latency (what a region is away).
 * Prints both endpoints as one line of JSON; ends with its standard input.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { buildApp } from 'fauxqs';

const LATENCY_MS = 20;

const app = buildApp({ logger: false });
const near = await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;

const proxy = createServer((client) => {
  const server = connect({ port, host: '127.0.0.1' });
  for (const socket of [client, server]) socket.setNoDelay(true);
  forward(client, server, LATENCY_MS);
  forward(server, client, 0);
});
proxy.listen(0, '127.0.0.1', () => {
  const far = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  process.stdout.write(`${JSON.stringify({ near, far })}\n`);
});
process.stdin.resume().on('end', () => process.exit());

/** Each piece arrives `delay` later, in order: a longer line, not a slower one. */
function forward(from: Socket, to: Socket, delay: number): void {
  from.on('data', (piece) => {
    if (delay === 0) to.write(piece);
    else setTimeout(() => to.write(piece), delay);
  });
  from.on('close', () => setTimeout(() => to.destroy(), delay));
  from.on('error', () => to.destroy());
}
